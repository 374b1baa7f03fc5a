package index

import (
	"math"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

func TestMetricsOfKnownOrders(t *testing.T) {
	for _, c := range []struct {
		name              string
		results, relevant string
		want              judgement
	}{
		{"first", "a b c", "a", judgement{1, 1, 1, 1, 1}},
		{"third", "x y a", "a", judgement{0.5, 1.0 / 3, 1, 0, 1}},
		{"fourth is not among the first three", "x y z a", "a", judgement{0.43068, 0.25, 1, 0, 0}},
		{"missing", "x y z", "a", judgement{}},
		{"no results", "", "a", judgement{}},
		{"nothing is relevant", "x y", "", judgement{}},
		{"two of three, second and fourth", "x a y b", "a b c", judgement{0.49818, 0.5, 2.0 / 3, 0, 1}},
		{"all in the best order", "a b", "b a", judgement{1, 1, 1, 1, 1}},
		{"the eleventh does not count", "1 2 3 4 5 6 7 8 9 10 a", "a", judgement{}},
		{"more relevant than places", "1 2 3 4 5 6 7 8 9 10", "1 2 3 4 5 6 7 8 9 10 11 12", judgement{1, 1, 10.0 / 12, 1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := judge(strings.Fields(c.results), strings.Fields(c.relevant))
			if !near(got.ndcg, c.want.ndcg) || !near(got.mrr, c.want.mrr) || !near(got.recall, c.want.recall) ||
				got.success1 != c.want.success1 || got.success3 != c.want.success3 {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestMetricsAUC(t *testing.T) {
	for _, c := range []struct {
		name         string
		above, below []float64
		want         float64
	}{
		{"apart", []float64{3, 4}, []float64{1, 2}, 1},
		{"the wrong way round", []float64{1, 2}, []float64{3, 4}, 0},
		{"all the same", []float64{1, 1}, []float64{1, 1, 1}, 0.5},
		{"one pair of four wrong", []float64{2, 4}, []float64{1, 3}, 0.75},
		{"a tie is half", []float64{2, 4}, []float64{2, 1}, 0.875},
		{"not a number where one side is empty", nil, []float64{1}, math.NaN()},
	} {
		if got := auc(c.above, c.below); !near(got, c.want) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMetricsIntervalHoldsTheMeanAndNarrows(t *testing.T) {
	width := func(n int) float64 {
		e := bootstrap(n, 1, func(drawn []int) []float64 {
			sum := 0.0
			for _, i := range drawn {
				sum += float64(i % 2)
			}
			return []float64{sum / float64(n)}
		})[0]
		if e.Value != 0.5 || e.Low >= 0.5 || e.High <= 0.5 {
			t.Errorf("%d: %+v", n, e)
		}
		return e.High - e.Low
	}
	// Of a share of one half the interval is 2 * 1.96 * sqrt(1/4n) wide.
	if few, many := width(100), width(400); math.Abs(few-0.196) > 0.03 || math.Abs(many-0.098) > 0.015 {
		t.Errorf("widths %v and %v", few, many)
	}
}
