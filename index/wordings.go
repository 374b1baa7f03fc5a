package index

// wordings are the ways to ask for all articles in one language, one by one, inverted: which of them
// have a term. In Bleve's field the ways to ask for an article stand as one text, which tells what people
// call things; here is seen that a query is nearly one of them. Titles are left out: they weigh enough.
type wordings struct {
	Terms []string // sorted
	Start []int32  // where the list of each term begins in Lists, and the end of the last
	Lists []int32  // of wordings, ascending
	Items []int32  // of each wording, ascending

	weights []float64          // of each wording: what all of its terms are worth
	lists   map[string][]int32 // of each term
}

// wordingsOf inverts texts: the terms of each wording and its item, in ascending order.
func wordingsOf(texts [][]string, items []int32) *wordings {
	lists := make(map[string][]int32)
	for i, terms := range texts {
		for _, t := range terms {
			if l := lists[t]; len(l) == 0 || l[len(l)-1] != int32(i) {
				lists[t] = append(l, int32(i))
			}
		}
	}
	w := &wordings{Terms: sortedKeys(lists), Items: items, Start: make([]int32, 1, len(lists)+1)}
	for _, t := range w.Terms {
		w.Lists = append(w.Lists, lists[t]...)
		w.Start = append(w.Start, int32(len(w.Lists)))
	}
	return w
}

// wordingsIn gives the wordings in one language from its analysed passages.
func wordingsIn(d *documents, passages []passageTerms) *wordings {
	var texts [][]string
	var items []int32
	for n := range d.items {
		if it := &d.items[n]; it.article != nil {
			for _, terms := range passages[it.first].asked {
				texts, items = append(texts, terms), append(items, int32(n))
			}
		}
	}
	return wordingsOf(texts, items)
}

// prepare computes what the wordings are worth, a term as much as it is rare among the articles, and how to find them.
func (w *wordings) prepare() {
	w.lists = make(map[string][]int32, len(w.Terms))
	articles := 0
	for i := range w.Items {
		if i == 0 || w.Items[i] != w.Items[i-1] {
			articles++
		}
	}
	w.weights = make([]float64, len(w.Items))
	for t := range w.Terms {
		list, n, last := w.Lists[w.Start[t]:w.Start[t+1]], 0, int32(-1)
		for _, i := range list {
			if w.Items[i] != last {
				n, last = n+1, w.Items[i]
			}
		}
		worth := idf(n, articles)
		w.lists[w.Terms[t]] = list
		for _, i := range list {
			w.weights[i] += worth
		}
	}
}

// closeness is where a query is compared with the wordings, view after view.
type closeness struct {
	gain, sum []float64 // by wording: of the unit at hand, and of all
	unit, all []int32   // wordings touched
	nearest   []float64 // by item: how near its nearest wording is, 0 to 1, in any language
	items     []int32   // touched
}

// compare notes for each item how near its nearest wording in the view's language is to the query: what
// both have, of what either has. What only the wording has counts less: people leave out the obvious.
func (c *closeness) compare(r *ranker, q *query, v view) {
	w := r.store.tables.Wordings[v.language]
	if w == nil {
		return
	}
	for len(c.gain) < len(w.Items) {
		c.gain, c.sum = append(c.gain, 0), append(c.sum, 0)
	}
	asked := 0.0
	for i, alts := range v.units {
		u := &q.units[i]
		worth := u.weight * v.idf[i]
		asked += worth
		for _, alt := range alts {
			if len(alt.terms) == 1 {
				c.take(w.lists[alt.terms[0]], alt.weight)
			}
			for _, t := range alt.translations {
				c.take(w.lists[t.term], alt.weight*t.p)
			}
		}
		c.add(worth)
	}
	weight := 1.0
	if v.language != q.language {
		weight = weights.otherLanguage
	}
	for _, i := range c.all {
		n := w.Items[i]
		if c.nearest[n] == 0 {
			c.items = append(c.items, n)
		}
		c.nearest[n] = max(c.nearest[n], weight*c.sum[i]/(asked+weights.unasked*max(0, w.weights[i]-c.sum[i])))
		c.sum[i] = 0
	}
	c.all = c.all[:0]
}

// take notes which wordings have one way to say a unit.
func (c *closeness) take(list []int32, weight float64) {
	for _, i := range list {
		if c.gain[i] == 0 {
			c.unit = append(c.unit, i)
		}
		c.gain[i] = max(c.gain[i], weight)
	}
}

// add counts the unit at hand, however many ways to say it a wording has.
func (c *closeness) add(worth float64) {
	for _, i := range c.unit {
		if c.sum[i] == 0 {
			c.all = append(c.all, i)
		}
		c.sum[i] += worth * c.gain[i]
		c.gain[i] = 0
	}
	c.unit = c.unit[:0]
}

// wipe forgets the query.
func (c *closeness) wipe() {
	for _, n := range c.items {
		c.nearest[n] = 0
	}
	c.items = c.items[:0]
}
