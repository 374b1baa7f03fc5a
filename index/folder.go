package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// ErrLocked is returned by Build if another process uses the folder.
var ErrLocked = errors.New("index: the folder is in use by another process")

// folder is a directory that holds indexes, each in a subdirectory named by what it was made
// from. It is locked as long as this process has an index in it open; several may be, when new
// content is loaded while the old is still asked.
type folder struct {
	path string
	key  string
}

// held counts the open indexes of this process by folder and key.
var held = struct {
	sync.Mutex
	locks map[string]*os.File
	keys  map[string]map[string]int
}{locks: make(map[string]*os.File), keys: make(map[string]map[string]int)}

const (
	lockName  = "lock"
	keyPrefix = "index-"
	newPrefix = "new-"
)

// openFolder opens the index of the content in dir, and builds it if it is missing or broken.
func (x *Index) openFolder(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	held.Lock()
	defer held.Unlock()
	key := fmt.Sprintf("%s%d-%s-%s", keyPrefix, schemaVersion, analysisHash(), x.base.Revision())
	f, err := acquire(dir, key)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, key)
	if err = x.reopen(path); err != nil {
		if err = x.replace(dir, path); err == nil {
			err = x.reopen(path)
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("index: %s: %w", dir, err), f.drop())
	}
	x.folder = f
	return f.sweep()
}

// replace builds the index aside and puts it into place in one step.
func (x *Index) replace(dir, path string) error {
	aside, err := os.MkdirTemp(dir, newPrefix)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(aside) }() // what stays behind is swept at the next start
	built := filepath.Join(aside, "index")
	if err := x.build(built); err != nil {
		return err
	}
	if err := x.store.close(); err != nil {
		return err
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.Rename(built, path)
}

// acquire locks dir for this process. held is locked.
func acquire(dir, key string) (*folder, error) {
	if held.locks[dir] == nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		if err := lock(f); err != nil {
			f.Close()
			return nil, fmt.Errorf("%w: %s: %w", ErrLocked, dir, err)
		}
		held.locks[dir], held.keys[dir] = f, make(map[string]int)
	}
	held.keys[dir][key]++
	return &folder{dir, key}, nil
}

func (f *folder) release() error {
	held.Lock()
	defer held.Unlock()
	return f.drop()
}

// drop gives the index up, and the lock with the last one. held is locked.
func (f *folder) drop() error {
	keys := held.keys[f.path]
	if keys[f.key]--; keys[f.key] == 0 {
		delete(keys, f.key)
	}
	if len(keys) > 0 {
		return nil
	}
	file := held.locks[f.path]
	delete(held.locks, f.path)
	delete(held.keys, f.path)
	return file.Close() // which unlocks
}

// sweep removes indexes of other content and what a crash left behind. held is locked.
func (f *folder) sweep() error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		ours := strings.HasPrefix(name, keyPrefix) || strings.HasPrefix(name, newPrefix)
		if e.IsDir() && ours && held.keys[f.path][name] == 0 {
			if err := os.RemoveAll(filepath.Join(f.path, name)); err != nil {
				return err
			}
		}
	}
	return nil
}
