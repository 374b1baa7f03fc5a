package index

import "github.com/activationkb/activationkb/knowledge"

// sheet is where one query is added up, view after view. What is touched is wiped after each view.
type sheet struct {
	passages []passageTally
	items    []itemTally

	foundPassages, foundItems []int32 // touched by the view
	unitPassages, unitItems   []int32 // touched by the unit at hand

	near  closeness
	found []candidate // of the last query, for its memory
}

// passageTally is what a passage has of a query. All of it stands together: most of the time of a search in a
// large collection is spent waiting for it.
type passageTally struct {
	score, coverage float64 // sums over units
	gain, quality   float64 // of the unit at hand
	item            int32
}

// itemTally is what an item has of a query.
type itemTally struct {
	spread, top   float64 // the most that it gains anywhere: summed over units, and from the unit at hand
	titled, title float64 // what its title has: summed over units, and of the unit at hand
	lead          int32   // 1 + its best passage
	place         int32   // 1 + where it stands among the candidates
}

func newSheet(d *documents) *sheet {
	s := &sheet{passages: make([]passageTally, len(d.passages)), items: make([]itemTally, len(d.items))}
	s.near.nearest = make([]float64, len(d.items))
	for i := range d.passages {
		s.passages[i].item = int32(d.passages[i].item)
	}
	return s
}

// score rates all passages of one language and gives what all that is asked for is worth in it.
func (s *sheet) score(q *query, v view, info []float64) (asked float64) {
	for i, alts := range v.units {
		s.take(alts)
		weight := q.units[i].weight * v.idf[i]
		asked += weight
		for _, p := range s.unitPassages {
			s.add(p, weight, info[i])
		}
		for _, n := range s.unitItems {
			it := &s.items[n]
			if it.spread == 0 {
				s.foundItems = append(s.foundItems, n)
			}
			it.spread += weight * it.top
			it.titled += weight * it.title
			it.top, it.title = 0, 0
		}
	}
	return asked
}

// take notes where one unit is found.
func (s *sheet) take(alts []matched) {
	s.unitPassages, s.unitItems = s.unitPassages[:0], s.unitItems[:0]
	for i := range alts {
		alt := &alts[i]
		for _, h := range alt.vector.hits {
			p := &s.passages[h.passage]
			if p.quality == 0 {
				s.unitPassages = append(s.unitPassages, h.passage)
			}
			p.quality = max(p.quality, alt.sure)
			gain := alt.weight * float64(h.x/(weights.k1+h.x))
			if gain <= p.gain {
				continue
			}
			p.gain = gain
			it := &s.items[p.item]
			if it.top == 0 {
				s.unitItems = append(s.unitItems, p.item)
			}
			it.top = max(it.top, gain)
			it.title = max(it.title, alt.weight*float64(h.title))
		}
	}
}

// add counts the unit at hand for a passage that has it.
func (s *sheet) add(n int32, weight, info float64) {
	p := &s.passages[n]
	if p.coverage == 0 && p.score == 0 {
		s.foundPassages = append(s.foundPassages, n)
	}
	p.score += weight * p.gain
	p.coverage += info * p.quality
	p.gain, p.quality = 0, 0
}

// best adds the items of a view to the candidates, each with its best passage, and wipes the sheet. All that
// is informative adds up to total; all that is asked for, to asked.
func (s *sheet) best(l knowledge.Language, weight, total, asked float64, found []candidate) []candidate {
	for _, n := range s.foundPassages {
		p := &s.passages[n]
		it := &s.items[p.item]
		if b := it.lead - 1; b < 0 || p.score > s.passages[b].score || p.score == s.passages[b].score && n < b {
			it.lead = n + 1
		}
	}
	for _, n := range s.foundItems {
		it := &s.items[n]
		if it.lead > 0 { // else what it gained was nothing
			p := &s.passages[it.lead-1]
			c := candidate{item: int(n), passage: int(it.lead - 1), language: l, coverage: min(1, p.coverage/total),
				score: weight * ((1-weights.spread)*p.score + weights.spread*it.spread), titled: weight * min(1, it.titled/asked)}
			c.all = c.score
			found = it.enter(found, c)
		}
		*it = itemTally{place: it.place}
	}
	for _, n := range s.foundPassages {
		p := &s.passages[n]
		p.score, p.coverage = 0, 0
	}
	s.foundPassages, s.foundItems = s.foundPassages[:0], s.foundItems[:0]
	return found
}

// enter adds an item, as one language has it, to the candidates.
func (it *itemTally) enter(found []candidate, c candidate) []candidate {
	if it.place == 0 {
		it.place = int32(len(found)) + 1
		return append(found, c)
	}
	before := &found[it.place-1]
	all, titled := before.all+c.all, max(before.titled, c.titled)
	if c.score > before.score {
		*before = c
	}
	before.all, before.titled = all, titled
	return found
}
