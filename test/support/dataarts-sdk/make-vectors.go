// Makes vectors-go.json: requests as the vendor's SDK for Go signs and sends them. Run it by hand in a
// module with github.com/huaweicloud/huaweicloud-sdk-go-v3 v0.1.207, and commit what it prints.
package main

import (
	"encoding/json"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

const (
	accessKey = "TGAK0123456789ABCDEFGHIJ"
	secret    = "abcdefghijklmnopqrstuvwxyz0123"
	jsonType  = "application/json;charset=UTF-8"
)

type pairs map[string]string

type vector struct {
	What    string `json:"what"`
	Method  string `json:"method"`
	Url     string `json:"url"`
	Headers pairs  `json:"headers"`
	Body    string `json:"body"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Node has each byte of a header as one character.
func bytewise(text string) string {
	var made strings.Builder
	for _, one := range []byte(text) {
		made.WriteRune(rune(one))
	}
	return made.String()
}

func sign(what, method, path string, query map[string]any, headers pairs, body any) vector {
	builder := request.NewHttpRequestBuilder().WithEndpoint("http://127.0.0.1:8080")
	builder.WithMethod(method).WithPath(path)
	for name, value := range query {
		builder.AddQueryParam(name, reflect.ValueOf(value))
	}
	builder.AddHeaderParam("User-Agent", "huaweicloud-usdk-go/3.0")
	builder.AddHeaderParam("X-Project-Id", "default")
	builder.AddHeaderParam("X-Sdk-Date", "20260414T000000Z")
	for name, value := range headers {
		builder.AddHeaderParam(name, value)
	}
	if body != nil {
		builder.WithBody("body", body)
		builder.AddHeaderParam("Content-Type", jsonType)
	}
	made := builder.Build()
	more, err := signer.Sign(made, accessKey, secret)
	check(err)
	for name, value := range more {
		made.AddHeaderParam(name, value)
	}
	sent, err := made.ConvertRequest()
	check(err)
	read, err := io.ReadAll(sent.Body)
	check(err)
	all := pairs{"host": sent.URL.Host}
	for name, values := range sent.Header {
		all[strings.ToLower(name)] = bytewise(strings.Trim(values[0], " \t"))
	}
	return vector{what, sent.Method, sent.URL.RequestURI(), all, string(read)}
}

func main() {
	workspace := pairs{"workspace": "default"}
	tasks := "/v3/default/metadata/tasks"
	requests := []vector{
		sign("a body", "POST", tasks+"/create", nil, workspace, map[string]any{"name": "采集 <ü> & 110"}),
		sign("no body", "GET", tasks+"/8a9480ed8353e491018354b87f63009e", nil, workspace, nil),
		sign("a query", "POST", tasks+"/x/action", map[string]any{"action": "start"}, workspace, nil),
		sign("a query with signs", "GET", tasks+"/x", map[string]any{
			"q": "a b+c&d=e%f~g*h!i'j(k)", "Ω": "ü", "empty": "", "n": 10, "a": []string{"x", "B"},
		}, nil, nil),
		sign("a path with signs", "GET", "/v3/a b%2Fc~dü*/metadata/tasks/x", nil, nil, nil),
		sign("a header that is not ASCII", "GET", tasks+"/x", nil,
			pairs{"workspace": "Büro 采 voilà", "X-Note": "  spaces  "}, nil),
		sign("a header with an underscore", "GET", tasks+"/x", nil, pairs{"my_header": "x"}, nil),
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	check(out.Encode(map[string]any{"accessKeyId": accessKey, "secret": secret, "requests": requests}))
}
