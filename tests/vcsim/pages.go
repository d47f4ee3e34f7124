package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// pages hold what is left of a big answer: PropertyCollector.RetrievePropertiesEx, "maxObjects", and
// ContinueRetrievePropertiesEx. The stock simulator ignores the former and lacks the latter.
type pages struct {
	mutex sync.Mutex
	count int
	rest  map[string]remainder
}

type remainder struct {
	objects []types.ObjectContent
	size    int
}

func newPages() *pages { return &pages{rest: map[string]remainder{}} }

// first answers with the first page of what the stock simulator answered with as a whole.
func (p *pages) first(w http.ResponseWriter, whole *httptest.ResponseRecorder, size int) {
	text := whole.Body.Bytes()
	if whole.Code != http.StatusOK || bytes.Count(text, []byte("<objects>")) <= size {
		w.WriteHeader(whole.Code)
		_, _ = w.Write(text)
		return
	}
	var body methods.RetrievePropertiesExBody
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.TypeFunc = types.TypeFunc()
	if err := decoder.Decode(&soap.Envelope{Body: &body}); err != nil || body.Res == nil {
		answer(w, failed(&types.InvalidRequest{}))
		return
	}
	result := p.page(body.Res.Returnval.Objects, size)
	answer(w, succeeded(&types.RetrievePropertiesExResponse{Returnval: result}))
}

func (p *pages) next(token string) outcome {
	p.mutex.Lock()
	left, ok := p.rest[token]
	delete(p.rest, token)
	p.mutex.Unlock()
	if !ok {
		return failed(&types.InvalidArgument{InvalidProperty: "token"})
	}
	result := p.page(left.objects, left.size)
	return succeeded(&types.ContinueRetrievePropertiesExResponse{Returnval: *result})
}

func (p *pages) page(objects []types.ObjectContent, size int) *types.RetrieveResult {
	if len(objects) <= size {
		return &types.RetrieveResult{Objects: objects}
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.count++
	token := strconv.Itoa(p.count)
	p.rest[token] = remainder{objects: objects[size:], size: size}
	return &types.RetrieveResult{Token: token, Objects: objects[:size]}
}
