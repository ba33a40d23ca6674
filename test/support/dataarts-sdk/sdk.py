"""Makes calls by the vendor's SDK: a line of JSON in, a line of JSON out.

In: {"endpoint": "http://host:port", "project": "default", "key": [id, secret], "headers": {...},
"tamper": false, "region": "…", "method": "create_task", "request": {...}, "body": [model, {...}]}. Out:
{"answer": {...}}, or {"error": {...}} as the SDK reads it.
"""

import json
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization
import huaweicloudsdkdataartsstudio.v1 as dataarts


def client_of(order):
    handler = HttpHandler()
    if order.get("tamper"):
        # Called once the request is signed.
        def tamper(request, **_):
            request.body = request.body.replace(b"Test", b"Evil")

        handler.add_request_handler(tamper)
    builder = dataarts.DataArtsStudioClient.new_builder().with_http_handler(handler)
    if "region" in order:
        # The SDK asks the identity service for the project of that name.
        credentials = BasicCredentials(*order["key"]).with_iam_endpoint(order["endpoint"])
        builder = builder.with_region(Region(order["region"], order["endpoint"]))
    else:
        credentials = BasicCredentials(*order["key"], order["project"])
        builder = builder.with_endpoint(order["endpoint"])
    client = builder.with_credentials(credentials).build()
    client.preset_headers = order.get("headers", {})
    return client


def call(order):
    client = client_of(order)
    method = order["method"]
    name = "".join(word.capitalize() for word in method.split("_"))
    request = getattr(dataarts, f"{name}Request")(**order["request"])
    if order.get("body"):
        model, fields = order["body"]
        # The SDK's own way from JSON to its models.
        request.body = client._deserialize(fields, model)
    try:
        answer = getattr(client, method)(request)
        return {"status": answer.status_code, "answer": sanitize_for_serialization(answer)}
    except ServiceResponseException as error:
        names = ("status_code", "error_code", "error_msg")
        return {"error": {name: getattr(error, name) for name in names}}


for line in sys.stdin:
    print(json.dumps(call(json.loads(line)), default=str), flush=True)
