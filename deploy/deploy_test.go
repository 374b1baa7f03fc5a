// Package deploy holds what runs the service elsewhere: image, compose file, Kubernetes base.
package deploy

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	yaml3 "go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// kinds maps each kind that the base uses to a fresh value to decode into.
var kinds = map[string]func() any{
	"Deployment":          func() any { return new(appsv1.Deployment) },
	"Service":             func() any { return new(corev1.Service) },
	"NetworkPolicy":       func() any { return new(networkingv1.NetworkPolicy) },
	"PodDisruptionBudget": func() any { return new(policyv1.PodDisruptionBudget) },
}

// TestKubernetesBaseDecodesStrictly finds misspelt and misplaced fields, which the API server drops silently.
func TestKubernetesBaseDecodesStrictly(t *testing.T) {
	for _, name := range resources(t) {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("kubernetes", name))
			if err != nil {
				t.Fatal(err)
			}
			var meta struct{ Kind string }
			if err := yaml.Unmarshal(data, &meta); err != nil {
				t.Fatal(err)
			}
			into := kinds[meta.Kind]
			if into == nil {
				t.Fatalf("kind %q is not one that this test knows; add it to kinds", meta.Kind)
			}
			if err := yaml.UnmarshalStrict(data, into()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKustomizationListsEveryFile(t *testing.T) {
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, f := range files {
		if name := filepath.Base(f); name != "kustomization.yaml" {
			want = append(want, name)
		}
	}
	got := resources(t)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("resources %v, files %v", got, want)
	}
}

func resources(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("kubernetes/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var k struct{ Resources []string }
	if err := yaml.Unmarshal(data, &k); err != nil {
		t.Fatal(err)
	}
	return k.Resources
}

func deployment(t *testing.T) *appsv1.Deployment {
	t.Helper()
	data, err := os.ReadFile("kubernetes/deployment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := new(appsv1.Deployment)
	if err := yaml.UnmarshalStrict(data, d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPodRunsWithoutPrivileges(t *testing.T) {
	pod := deployment(t).Spec.Template.Spec
	if s := pod.SecurityContext; s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0 {
		t.Error("the pod must run as a user that is not root")
	}
	for _, c := range pod.Containers {
		s := c.SecurityContext
		if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
			t.Errorf("container %s: root file system must be read-only and privileges fixed", c.Name)
		}
		if s == nil || s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL") {
			t.Errorf("container %s: capabilities must be dropped", c.Name)
		}
		if c.Resources.Limits.Memory().IsZero() {
			t.Errorf("container %s: no memory limit", c.Name)
		}
	}
}

// TestPortsAgree keeps image, compose file, pod, service and network policy on the same two ports.
func TestPortsAgree(t *testing.T) {
	pod := deployment(t).Spec.Template.Spec.Containers[0]
	ports := map[string]int32{}
	for _, p := range pod.Ports {
		ports[p.Name] = p.ContainerPort
	}
	if ports["http"] != 8080 || ports["grpc"] != 9090 {
		t.Errorf("container ports %v, want http 8080 and grpc 9090", ports)
	}
	for _, probe := range []*corev1.Probe{pod.StartupProbe, pod.ReadinessProbe, pod.LivenessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Port.String() != "http" {
			t.Error("each probe must ask the http port")
		}
	}
	dockerfile := read(t, "Dockerfile")
	if !strings.Contains(dockerfile, "EXPOSE 8080 9090") {
		t.Error("Dockerfile: EXPOSE must name 8080 and 9090")
	}
	compose := read(t, "compose.yaml")
	for _, p := range []string{"127.0.0.1:8080:8080", "127.0.0.1:9090:9090"} {
		if !strings.Contains(compose, p) {
			t.Errorf("compose.yaml: %s is not published", p)
		}
	}
}

// TestImageIsDistrolessAndNotRoot reads the final stage only.
func TestImageIsDistrolessAndNotRoot(t *testing.T) {
	dockerfile := read(t, "Dockerfile")
	final := dockerfile[strings.LastIndex(dockerfile, "\nFROM "):]
	if !strings.Contains(final, "distroless/static") {
		t.Error("the final stage must be a distroless static image")
	}
	if !strings.Contains(final, "\nUSER 65532:65532\n") {
		t.Error("the final stage must set USER 65532:65532")
	}
	if strings.Contains(final, "\nRUN ") {
		t.Error("the final stage has no shell: RUN cannot work")
	}
	if !strings.Contains(final, `CMD ["serve", "--http", ":8080", "--grpc", ":9090"]`) {
		t.Error("the image must serve on all addresses by default")
	}
	if !strings.Contains(dockerfile, "./cmd/activationkb") {
		t.Error("the build stage must build ./cmd/activationkb")
	}
}

// composeFile is the part of the compose format that the file uses; anything else is a mistake.
type composeFile struct {
	Services map[string]struct {
		Build       struct{ Context, Dockerfile string }
		Image       string
		Command     []string
		Ports       []string
		User        string
		ReadOnly    bool     `yaml:"read_only"`
		CapDrop     []string `yaml:"cap_drop"`
		SecurityOpt []string `yaml:"security_opt"`
		MemLimit    string   `yaml:"mem_limit"`
		Volumes     []string
		Restart     string
	}
	Volumes map[string]struct{}
}

func TestComposeFileDecodesStrictly(t *testing.T) {
	var c composeFile
	d := yaml3.NewDecoder(bytes.NewReader([]byte(read(t, "compose.yaml"))))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	s, ok := c.Services["activationkb"]
	if !ok {
		t.Fatal("no service activationkb")
	}
	if !s.ReadOnly || s.User != "65532:65532" || !slices.Contains(s.CapDrop, "ALL") {
		t.Errorf("service must be read-only, without capabilities and not root: %+v", s)
	}
	if !slices.Contains(s.Volumes, "spool:/tmp") {
		t.Error("large uploads need a folder for temporary files beside the read-only root")
	}
	if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
