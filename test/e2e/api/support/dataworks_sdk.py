"""Makes calls by the vendor's SDK: a line of JSON in, a line of JSON out.

In: {"key": [id, secret], "endpoint": "host:port", "action": "GetTask", "request": {...}}, the request
by the names that the vendor documents. Out: {"body": {...}}, or {"error": {...}} as the SDK reads it.
"""

import json
import re
import sys

from alibabacloud_dataworks_public20240518 import models
from alibabacloud_dataworks_public20240518.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions


def call(order):
    key_id, secret = order["key"]
    client = Client(
        Config(
            access_key_id=key_id,
            access_key_secret=secret,
            endpoint=order["endpoint"],
            protocol="HTTP",
        )
    )
    action = order["action"]
    request = getattr(models, f"{action}Request")().from_map(order["request"])
    method = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
    try:
        # By itself it waits for an answer no longer than ten seconds, and then asks again.
        patient = RuntimeOptions(connect_timeout=280_000, read_timeout=280_000)
        answer = getattr(client, f"{method}_with_options")(request, patient)
        return {"body": answer.body.to_map()}
    except Exception as error:  # whatever the SDK raises is what a program of a user would see
        told = {
            name: getattr(error, name, None)
            for name in ("code", "status_code", "message", "request_id")
        }
        return {"error": {"type": type(error).__name__, "text": str(error), **told}}


for line in sys.stdin:
    print(json.dumps(call(json.loads(line)), default=str), flush=True)
