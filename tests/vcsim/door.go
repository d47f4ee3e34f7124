package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// door stands before the stock simulator: it answers what that cannot, and passes on the rest.
type door struct {
	stock   http.Handler
	options options
	control *control
	pages   *pages
	guests  *guests
	names   sync.Mutex // one machine is made at a time: who asks for a name first gets it

	mutex    sync.Mutex
	sessions map[string]string // cookie to user
}

func newDoor(stock http.Handler, o options) *door {
	return &door{
		stock: stock, options: o, control: newControl(), pages: newPages(), guests: newGuests(o),
		sessions: map[string]string{},
	}
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/vcsim/control":
		d.serveControl(w, r)
	case strings.HasSuffix(r.URL.Path, "/vimServiceVersions.xml"):
		d.serveVersions(w)
	case strings.HasPrefix(r.URL.Path, transferPrefix):
		d.guests.transfer(w, r)
	case r.URL.Path == "/sdk" && r.Method == http.MethodPost:
		d.serveCall(w, r)
	default:
		d.stock.ServeHTTP(w, r)
	}
}

func (d *door) serveVersions(w http.ResponseWriter) {
	prior := ""
	for _, version := range []string{"7.0.3.0", "7.0.2.0", "7.0.1.0", "7.0.0.0", "6.7.3", "6.7", "6.5", "6.0", "5.5"} {
		if version < d.options.api {
			prior += "<version>" + version + "</version>"
		}
	}
	fmt.Fprintf(w, `<?xml version="1.0"?><namespaces version="1.0"><namespace><name>urn:vim25</name>`+
		`<version>%s</version><priorVersions>%s</priorVersions></namespace></namespaces>`, d.options.api, prior)
}

func (d *door) serveCall(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	method, err := parse(body)
	if err != nil {
		answer(w, failed(&types.InvalidRequest{}))
		return
	}
	user, known := d.user(r)
	fault := d.control.inject(method.Name)
	if fault != nil && (fault.Kind == "expire" || fault.Kind == "NotAuthenticated") {
		d.expire()
		known = false
	}
	if fault != nil && fault.Kind == "expire" {
		fault = nil
	}
	if fault.acts(w, method) {
		return
	}
	if !known && !isOpen(method) {
		answer(w, failed(&types.NotAuthenticated{NoPermission: types.NoPermission{Object: method.This, PrivilegeId: "System.View"}}))
		return
	}
	if lacking := d.control.lacking(user, method); lacking != "" {
		answer(w, failed(&types.NoPermission{Object: method.This, PrivilegeId: lacking}))
		return
	}
	if login, ok := method.Body.(*types.Login); ok {
		if known { // SessionManager.Login: "fails if … the user is already logged in"
			answer(w, failed(&types.InvalidLogin{}))
			return
		}
		d.login(w, r, login, body)
		return
	}
	if ours := d.handler(method); ours != nil {
		answer(w, ours())
		return
	}
	if request, ok := method.Body.(*types.RetrievePropertiesEx); ok && request.Options.MaxObjects > 0 {
		whole := httptest.NewRecorder()
		d.pass(whole, r, body)
		d.pages.first(w, whole, int(request.Options.MaxObjects))
		return
	}
	d.pass(w, r, body)
	d.after(method)
}

// isOpen says which methods need no session. The stock simulator lets more of them through, and
// answers with missing properties where vSphere has a fault.
func isOpen(method *simulator.Method) bool {
	switch method.Name {
	case "RetrieveServiceContent", "Login", "Fetch":
		return true
	}
	return false
}

// login checks the password, which the stock simulator does for one user only.
func (d *door) login(w http.ResponseWriter, r *http.Request, request *types.Login, body []byte) {
	if request.Password != d.options.password {
		answer(w, failed(&types.InvalidLogin{}))
		return
	}
	r.Header.Del("Cookie")
	d.pass(w, r, body)
	response := http.Response{Header: w.Header()}
	for _, cookie := range response.Cookies() {
		if cookie.Name == soap.SessionCookieName {
			d.mutex.Lock()
			d.sessions[cookie.Value] = request.UserName
			d.mutex.Unlock()
		}
	}
}

func (d *door) user(r *http.Request) (string, bool) {
	cookie, err := r.Cookie(soap.SessionCookieName)
	if err != nil {
		return "", false
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	user, known := d.sessions[strings.Trim(cookie.Value, `"`)]
	return user, known
}

// expire ends all sessions, as a vCenter does with idle ones: SessionManager, "NotAuthenticated".
func (d *door) expire() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.sessions = map[string]string{}
}

func (d *door) pass(w http.ResponseWriter, r *http.Request, body []byte) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.stock.ServeHTTP(w, r)
}
