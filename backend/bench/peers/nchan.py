"""nchan: publish and subscribe in C inside nginx. Debian's packages, one worker, everything in a folder of its own."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from bench.process import Missing

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_INSTALL = "apt-get install -y nginx libnginx-mod-nchan"
_CONFIG = """\
load_module {module};
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  tcp_nodelay on;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  nchan_shared_memory_size 256M;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /read {{
      nchan_subscriber websocket;
      nchan_channel_id bench;
      nchan_subscriber_first_message newest;
    }}
    location = /publish {{
      nchan_publisher websocket;
      nchan_channel_id bench;
      nchan_message_buffer_length {kept};
      nchan_message_timeout 10s;
    }}
  }}
}}
"""


def command(folder: Path, port: int, kept: int = 10) -> list[str]:
    """Write the configuration; how to start it. Raises Missing when nginx or the module is not there."""
    nginx = binary()
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(_CONFIG.format(module=MODULE, folder=folder, port=port, kept=kept, user=user))
    return [nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]


def binary() -> str:
    """Where nginx is. Raises Missing when it or the module is not there."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None or not MODULE.exists():
        raise Missing(_INSTALL)
    return nginx


def version() -> str:
    """`nginx 1.x with nchan 1.y`."""
    said = subprocess.run([binary(), "-v"], capture_output=True, text=True, check=False).stderr
    found = re.search(r"nginx/(\S+)", said)
    package = subprocess.run(
        ["dpkg-query", "-W", "-f=${Version}", "libnginx-mod-nchan"], capture_output=True, text=True, check=False
    ).stdout
    return f"nginx {found.group(1) if found else '?'} with nchan {package.split(':')[-1].split('+')[0] or '?'}"
