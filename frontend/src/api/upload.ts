import { ApiFault, faultOf } from './http'

export interface Upload {
  readonly body: Blob
  /** What the sender takes it for. */
  readonly type: string
  readonly signal: AbortSignal
  /** Bytes that are on their way or there. */
  readonly onProgress: (sent: number) => void
  readonly token?: string | undefined
}

/**
 * Send bytes to our own origin, JSON comes back. By XMLHttpRequest, because `fetch` does not tell how far it has come.
 * Everything but a 2xx rejects with an ApiFault; called off, it rejects with the signal's reason.
 */
export function upload<Answer>(path: string, given: Upload): Promise<Answer> {
  const { body, type, signal, onProgress, token } = given
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', stop)
      settle()
    }
    const unreachable = () =>
      end(() => reject(new ApiFault({ code: 'unreachable', status: 0, detail: 'The server could not be reached.' })))
    signal.addEventListener('abort', stop)
    request.open('POST', path)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('Content-Type', type)
    if (token !== undefined) request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onabort = () => end(() => reject(signal.reason))
    request.onerror = unreachable
    request.ontimeout = unreachable
    request.onload = () => {
      const { status, responseText } = request
      if (status < 200 || status >= 300) {
        return end(() => reject(faultOf(status, request.getResponseHeader('Retry-After'), responseText)))
      }
      try {
        const answer = JSON.parse(responseText) as Answer
        end(() => resolve(answer))
      } catch {
        unreachable()
      }
    }
    request.send(body)
  })
}
