package index

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func inFolder(t *testing.T, base *knowledge.Base, dir string) *Index {
	t.Helper()
	x, err := Build(base, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// stored lists the indexes in a folder.
func stored(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", "index_meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFolderIsReused(t *testing.T) {
	base, dir := fixture(t), filepath.Join(t.TempDir(), "made", "here")
	req := Request{Text: "служба управления ключами не отвечает", Language: "nb"}
	want := search(t, built(t, base), req)
	x := inFolder(t, base, dir)
	if got := search(t, x, req); !reflect.DeepEqual(got, want) {
		t.Errorf("on disk %q, in memory %q", resultNames(got), resultNames(want))
	}
	x.Close()
	meta := stored(t, dir)[0]
	before, err := os.Stat(meta)
	if err != nil {
		t.Fatal(err)
	}
	if got := search(t, inFolder(t, base, dir), req); !reflect.DeepEqual(got, want) {
		t.Errorf("reopened %q, in memory %q", resultNames(got), resultNames(want))
	}
	if after, err := os.Stat(meta); err != nil || !os.SameFile(before, after) {
		t.Errorf("the index was built again: %v", err)
	}
}

func TestFolderFollowsTheContent(t *testing.T) {
	dir := t.TempDir()
	old := inFolder(t, fixture(t), dir)
	other, _ := knowledge.Draft(pack("built-in", "en, nb, sv, ru, zh"))
	current := inFolder(t, other, dir)
	if n := len(stored(t, dir)); n != 2 {
		t.Errorf("%d indexes while both are open, want 2", n)
	}
	if a := search(t, old, Request{Text: "lisensskjema", Language: "nb"}); a.Total == 0 {
		t.Error("the old index stopped answering")
	}
	old.Close()
	current.Close()
	inFolder(t, other, dir)
	if n := len(stored(t, dir)); n != 1 {
		t.Errorf("%d indexes remain, want 1", n)
	}
}

func TestBrokenIndexIsBuiltAgain(t *testing.T) {
	base, dir := fixture(t), t.TempDir()
	inFolder(t, base, dir).Close()
	meta := stored(t, dir)[0]
	if err := os.WriteFile(meta, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, newPrefix+"left-behind"), 0o755); err != nil {
		t.Fatal(err)
	}
	if a := search(t, inFolder(t, base, dir), Request{Text: "klokke", Language: "nb"}); a.Total == 0 {
		t.Error("the index built again finds nothing")
	}
	if _, err := os.Stat(filepath.Join(dir, newPrefix+"left-behind")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash left behind is still there: %v", err)
	}
}

func TestSecondProcessFailsAtOnce(t *testing.T) {
	const variable = "INDEX_TEST_FOLDER"
	if dir := os.Getenv(variable); dir != "" { // the second process
		_, err := Build(fixture(t), Options{Dir: dir})
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
			t.Errorf("error %v, want ErrLocked with the folder", err)
		}
		return
	}
	dir := t.TempDir()
	x := inFolder(t, fixture(t), dir)
	cmd := exec.Command(os.Args[0], "-test.run=^TestSecondProcessFailsAtOnce$", "-test.count=1")
	cmd.Env = append(os.Environ(), variable+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x.Close()
	inFolder(t, fixture(t), dir) // free again
}

func TestTwoIndexesOfOneContentShareAFolder(t *testing.T) {
	base, dir := fixture(t), t.TempDir()
	x, y := inFolder(t, base, dir), inFolder(t, base, dir)
	x.Close()
	if a := search(t, y, Request{Text: "klokke", Language: "nb"}); a.Total == 0 {
		t.Error("closing one stopped the other")
	}
}

// A folder made with other everyday words has other words than the program that opens it.
func TestEverydayWordsAreOfTheAnalysis(t *testing.T) {
	before, table := analysisHash(), everydayFile
	defer func() { everydayFile = table }()
	everydayFile += "other\ta\tb\tc\td\te\n"
	if analysisHash() == before {
		t.Error("another table has the same hash")
	}
}
