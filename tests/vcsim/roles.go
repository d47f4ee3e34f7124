package main

import "strings"

// neededToo are methods that any session may call, or that read: "Required Privileges" of each.
var neededToo = map[string]string{
	"RetrieveServiceContent":       "System.Anonymous",
	"Login":                        "System.Anonymous",
	"Logout":                       "System.View",
	"Fetch":                        "System.View",
	"FindByInventoryPath":          "System.View",
	"DestroyView":                  "System.View",
	"QueryOptions":                 "System.Read",
	"ContinueRetrievePropertiesEx": "System.Anonymous",
}

// lacking returns a privilege that the method needs and the user lacks, or nothing. Of a method
// that no list has nobody knows what it needs: it is refused to whom a test has given a role.
func (c *control) lacking(user, method string) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	privileges := strings.TrimSpace(needed[method] + " " + neededToo[method])
	if _, hasRole := c.allowed[user]; hasRole && privileges == "" {
		return "of " + method + ", which is not listed"
	}
	for _, privilege := range strings.Fields(privileges) {
		if c.withholds(user, privilege) {
			return privilege
		}
	}
	return ""
}

func (c *control) isDenied(user, privilege string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.withholds(user, privilege)
}

func (c *control) withholds(user, privilege string) bool {
	allowed, hasRole := c.allowed[user]
	return has(c.denied[user], privilege) || hasRole && !has(allowed, privilege)
}

func has(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}
