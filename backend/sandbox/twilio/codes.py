"""Twilio's error codes: what they say, the HTTP status, and the shape of an answer that is one.

Source: twilio.com/docs/api/errors, one page for each code.
"""

from starlette.responses import Response

from sandbox.controls import said

#: Message and HTTP status. Those without a status are told only in status callbacks.
CODES: dict[int, tuple[str, int]] = {
    20001: ("Invalid parameter", 400), 20003: ("Authenticate", 401), 20005: ("Account not active", 403),
    20404: ("The requested resource was not found", 404), 20429: ("Too Many Requests", 429),
    20500: ("An internal server error has occurred", 500), 20503: ("Service unavailable", 503),
    21211: ("Invalid 'To' Phone Number", 400), 21408: ("Permission to send an SMS has not been enabled", 400),
    21602: ("Message body is required.", 400), 21603: ("A 'From' phone number is required.", 400),
    21604: ("A 'To' phone number is required.", 400),
    21606: ("The 'From' phone number is not a valid, message-capable Twilio phone number", 400),
    21609: ("The 'StatusCallback' URL is not a valid URL.", 400),
    21610: ("Attempt to send to unsubscribed recipient", 400), 21611: ("This 'From' number has exceeded the maximum"
    " number of queued messages", 429), 21614: ("'To' number is not a valid mobile number", 400),
    21617: ("The concatenated message body exceeds the 1600 character limit", 400),
    21620: ("Invalid media URL", 400), 21623: ("Number of media files exceeds allowed limit", 400),
    21655: ("The ContentSid is Invalid", 400), 21656: ("The ContentVariables Parameter is invalid", 400),
    21701: ("The Messaging Service does not exist", 400), 21703: ("The Messaging Service does not have a phone number"
    " available to send a message", 400), 21910: ("Invalid From and To pair. From and To should be of the same"
    " channel", 400), 63007: ("Twilio could not find a Channel with the specified From address", 400),
    63038: ("Account exceeded the daily messages limit", 429), 90007: ("Invalid validity period value", 400),
    11751: ("Media message: media exceeds its size limit", 0), 12300: ("Invalid Content-Type", 0),
    30003: ("Unreachable destination handset", 0), 30004: ("Message blocked", 0),
    30005: ("Unknown destination handset", 0), 30006: ("Landline or unreachable carrier", 0),
    30007: ("Message filtered", 0), 30008: ("Unknown error", 0), 30034: ("Message from an unregistered number", 0),
    30036: ("Validity period expired", 0), 63016: ("Failed to send freeform message because you are outside the allowed"
    " window. If you are using WhatsApp, please use a Message Template.", 0), 63018: ("Rate limit exceeded for"
    " Channel", 0), 63019: ("Media failed to download", 0), 63024: ("Invalid message recipient", 0),
}  # fmt: skip


def refusal(code: str, details: str = "") -> Response:
    """An error as the REST API answers it. A word that is no number of ours is a broken server."""
    number = {"rate_limit": 20429}.get(code) or (int(code) if code.isdecimal() and int(code) in CODES else 20500)
    words, status = CODES[number]
    headers = {"www-authenticate": 'Basic realm="Twilio API"'} if number == 20003 else {}
    body = {
        "code": number, "message": details or words, "more_info": f"https://www.twilio.com/docs/errors/{number}",
        "status": status or 400,
    }  # fmt: skip
    response = said(body, status or 400)
    response.headers.update(headers)
    return response
