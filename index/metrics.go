package index

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// cutoff is how many results of a query count: the first page.
const cutoff = 10

// judgement is how well the results of one query answer it; each figure is between 0 and 1.
type judgement struct {
	ndcg     float64 // gain of the relevant results, less by place, against the best order possible
	mrr      float64 // 1 / place of the first relevant result
	recall   float64 // share of the relevant that is among the results
	success1 float64 // the first result is relevant
	success3 float64 // one of the first three is
}

// judge rates results, best first, of which those in relevant are right, all equally.
func judge(results, relevant []string) judgement {
	var j judgement
	var gain, ideal, hits float64
	for i, name := range results[:min(len(results), cutoff)] {
		if !slices.Contains(relevant, name) {
			continue
		}
		if hits == 0 {
			j.mrr = 1 / float64(i+1)
			j.success1, j.success3 = indicator(i < 1), indicator(i < 3)
		}
		hits++
		gain += discount(i)
	}
	for i := range min(len(relevant), cutoff) {
		ideal += discount(i)
	}
	if ideal > 0 {
		j.ndcg, j.recall = gain/ideal, hits/float64(len(relevant))
	}
	return j
}

// discount is what a relevant result is worth at a place, counted from 0.
func discount(place int) float64 { return 1 / math.Log2(float64(place)+2) }

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// auc is the chance that a score drawn from above is higher than one drawn from below, where a tie
// is half a chance: the area under the ROC curve. It is NaN if either is empty.
func auc(above, below []float64) float64 {
	sorted := slices.Sorted(slices.Values(below))
	wins := 0.0
	for _, s := range above {
		lower := sort.SearchFloat64s(sorted, s)
		equal := sort.Search(len(sorted), func(i int) bool { return sorted[i] > s }) - lower
		wins += float64(lower) + float64(equal)/2
	}
	return wins / float64(len(above)*len(below))
}

// Estimate is a figure with the interval that holds it in 95 of 100 draws of as many queries.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// resamples of the bootstrap; more change the interval in the third decimal only.
const resamples = 1000

// bootstrap draws samples of the same size with replacement, the same ones in every process. pick
// computes the figures of a sample from the numbers of the queries drawn.
func bootstrap(n, figures int, pick func(drawn []int) []float64) []Estimate {
	drawn := make([]int, n)
	for i := range drawn {
		drawn[i] = i
	}
	estimates := make([]Estimate, figures)
	for f, v := range pick(drawn) {
		estimates[f].Value = v
	}
	random := rand.New(rand.NewPCG(1, 2))
	values := make([][]float64, figures)
	for range resamples {
		for i := range drawn {
			drawn[i] = random.IntN(n)
		}
		for f, v := range pick(drawn) {
			if !math.IsNaN(v) {
				values[f] = append(values[f], v)
			}
		}
	}
	for f := range estimates {
		estimates[f].Low, estimates[f].High = middle(values[f])
	}
	return estimates
}

// middle gives the bounds of the middle 95 % of values.
func middle(values []float64) (low, high float64) {
	if len(values) == 0 {
		return 0, 0
	}
	sort.Float64s(values)
	at := func(share float64) float64 { return values[int(math.Round(share*float64(len(values)-1)))] }
	return at(0.025), at(0.975)
}
