package main

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

const transferPrefix = "/guestFile/"

// offerPut returns where the content of a file goes: GuestFileManager.InitiateFileTransferToGuest, "the
// URL to which the user has to send an HTTP PUT". A `*` in it stands for the server that was asked.
func (g *guests) offerPut(request *types.InitiateFileTransferToGuest) outcome {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if fault := g.refusal(request.Vm, request.Auth); fault != nil {
		return failed(fault)
	}
	file := g.file(request.Vm, request.GuestFilePath)
	if _, err := os.Stat(file); err == nil && !request.Overwrite {
		return failed(&types.FileAlreadyExists{FileFault: types.FileFault{File: request.GuestFilePath}})
	}
	return succeeded(&types.InitiateFileTransferToGuestResponse{Returnval: g.url(http.MethodPut, file)})
}

// offerGet returns where the content of a file is had: GuestFileManager.InitiateFileTransferFromGuest,
// "FileNotFound: if the file does not exist".
func (g *guests) offerGet(request *types.InitiateFileTransferFromGuest) outcome {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if fault := g.refusal(request.Vm, request.Auth); fault != nil {
		return failed(fault)
	}
	file := g.file(request.Vm, request.GuestFilePath)
	found, err := os.Stat(file)
	if err != nil {
		return failed(&types.FileNotFound{FileFault: types.FileFault{File: request.GuestFilePath}})
	}
	return succeeded(&types.InitiateFileTransferFromGuestResponse{Returnval: types.FileTransferInformation{
		Attributes: &types.GuestPosixFileAttributes{}, Size: found.Size(), Url: g.url(http.MethodGet, file),
	}})
}

// remove deletes a file: GuestFileManager.DeleteFileInGuest.
func (g *guests) remove(request *types.DeleteFileInGuest) outcome {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if fault := g.refusal(request.Vm, request.Auth); fault != nil {
		return failed(fault)
	}
	if os.Remove(g.file(request.Vm, request.FilePath)) != nil {
		return failed(&types.FileNotFound{FileFault: types.FileFault{File: request.FilePath}})
	}
	return succeeded(&types.DeleteFileInGuestResponse{})
}

func (g *guests) file(of types.ManagedObjectReference, path string) string {
	return filepath.Join(g.disk(of), filepath.Clean("/"+path))
}

func (g *guests) url(method, file string) string {
	octets := make([]byte, 16)
	_, _ = rand.Read(octets)
	token := hex.EncodeToString(octets)
	g.transfers[token] = transfer{method: method, file: file}
	return "https://*" + transferPrefix + token
}

// transfer moves one file, once for each URL.
func (g *guests) transfer(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimPrefix(r.URL.Path, transferPrefix)
	g.mutex.Lock()
	wanted, known := g.transfers[token]
	delete(g.transfers, token)
	g.mutex.Unlock()
	if !known || wanted.method != r.Method {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodGet {
		content, err := os.ReadFile(wanted.file)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
		return
	}
	content, err := io.ReadAll(r.Body)
	if err == nil {
		err = os.WriteFile(wanted.file, content, 0o600)
	}
	if err != nil {
		http.Error(w, "cannot be written", http.StatusInternalServerError)
	}
}
