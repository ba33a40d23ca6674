"""Makes vectors.json: requests as the vendor's SDK signs and sends them. Run it by hand, with the
packages of requirements.txt, and commit what it prints."""
import json
import sys

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

ACCESS_KEY = "TGAK0123456789ABCDEFGHIJ"
SECRET = "abcdefghijklmnopqrstuvwxyz0123"
JSON_TYPE = "application/json;charset=UTF-8"

CASES = [
    ("a body", "POST", "/v3/default/metadata/tasks/create", [], {"workspace": "default"},
     '{"name": "Test collection 110"}'),
    ("a body that is not ASCII", "POST", "/v3/default/metadata/tasks/create", [],
     {"workspace": "default"}, '{"name": "采集 ü"}'.encode("utf-8")),
    ("no body", "GET", "/v3/default/metadata/tasks/8a9480ed8353e491018354b87f63009e", [],
     {"workspace": "default"}, None),
    ("an empty body", "POST", "/v3/default/metadata/tasks/x/action", [("action", "start")],
     {"workspace": "default"}, ""),
    ("a query out of order", "POST", "/v3/p/metadata/tasks/x/action",
     [("z", "1"), ("action", "run"), ("a", "x"), ("a", "B"), ("Z", "2")], {}, None),
    ("a query with signs", "GET", "/v3/p/metadata/tasks/x",
     [("q", "a b+c&d=e%f~g*h!i'j(k)"), ("Ω", "ü"), ("empty", ""), ("flag", True), ("n", 10)], {}, None),
    ("a path with signs", "GET", "/v3/a%20b%2Fc~d%C3%BC*/metadata/tasks/x", [], {}, None),
    ("a header that is not ASCII", "GET", "/v3/p/metadata/tasks/x", [],
     {"workspace": "Büro 采 voilà", "X-Note": "  spaces  "}, None),
    ("a header with an underscore, which is not signed", "GET", "/v3/p/metadata/tasks/x", [],
     {"my_header": "x"}, None),
]


def sign(method, path, query, headers, body):
    request = SdkRequest(
        method=method, schema="http", host="127.0.0.1:8080", resource_path=path,
        query_params=list(query), body=body,
        header_params={"User-Agent": "huaweicloud-usdk-python/3.0", "X-Project-Id": "default",
                       "X-Sdk-Date": "20260414T000000Z", "Content-Type": JSON_TYPE, **headers})
    signed = Signer(BasicCredentials(ACCESS_KEY, SECRET)).sign(request)
    sent = requests.Request(method, signed.url, headers=signed.header_params, data=signed.body)
    prepared = sent.prepare()
    sent_body = prepared.body or b""
    if isinstance(sent_body, str):
        sent_body = sent_body.encode("utf-8")
    return {
        "method": prepared.method,
        "url": prepared.path_url,
        # As Node has them: names in small letters, each byte of a value one character.
        "headers": {name.lower(): value for name, value in prepared.headers.items()},
        "body": sent_body.decode("utf-8"),
    }


vectors = {
    "accessKeyId": ACCESS_KEY,
    "secret": SECRET,
    "requests": [{"what": what, **sign(*case)} for what, *case in CASES],
}
json.dump(vectors, sys.stdout, indent=2, ensure_ascii=True)
print()
