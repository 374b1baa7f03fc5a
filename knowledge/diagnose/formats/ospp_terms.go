package formats

import (
	"strings"
)

// The labels of ospp.vbs, which are English on every Windows.
const (
	oProduct    field = "ospp-product-id"
	oSku        field = "ospp-sku-id"
	oName       field = "ospp-name"
	oDesc       field = "ospp-description"
	oStatus     field = "ospp-status"
	oCode       field = "ospp-code"
	oCodeText   field = "ospp-code-text"
	oGrace      field = "ospp-grace"
	oLast       field = "ospp-last-five"
	oType       field = "ospp-activation-type"
	oDNSHost    field = "ospp-kms-from-dns"
	oRegHost    field = "ospp-kms-override"
	oDiscovery  field = "ospp-discovery"
	oActEvery   field = "ospp-activation-interval"
	oRenewEvery field = "ospp-renewal-interval"
	oCaching    field = "ospp-caching"
	oLookup     field = "ospp-lookup-domain"
	oIgnored    field = "ospp-ignored"
)

func english(s string) [5]string { return [5]string{s} }

var osppTerms = []term{
	{oProduct, english("PRODUCT ID")},
	{oSku, english("SKU ID")},
	{oName, english("LICENSE NAME")},
	{oDesc, english("LICENSE DESCRIPTION")},
	{oIgnored, english("BETA EXPIRATION")},
	{oStatus, english("LICENSE STATUS")},
	{oCode, english("ERROR CODE")},
	{oCodeText, english("ERROR DESCRIPTION")},
	{oGrace, english("REMAINING GRACE")},
	{oLast, english("Last 5 characters of installed product key")},
	{oType, english("Activation Type Configuration")},
	{oDNSHost, english("KMS machine name from DNS")},
	{oRegHost, english("KMS machine registry override defined")},
	{oDiscovery, english("DNS auto-discovery")},
	{oActEvery, english("Activation Interval")},
	{oRenewEvery, english("Renewal Interval")},
	{oCaching, english("KMS host caching")},
	{oLookup, english("KMS Lookup Domain")},
}

var osppStatusRE = compile(`-{2,3}\s?([A-Z_ -]{3,40}?)\s?-{2,3}`)

// osppStatus maps the token between the dashes; ospp.vbs writes NOTIFICATIONS and "EXTENDED GRACE".
func osppStatus(token string) string {
	switch t := strings.ReplaceAll(strings.TrimSpace(token), " ", "_"); t {
	case "UNLICENSED", "LICENSED", "OOB_GRACE", "OOT_GRACE", "NON_GENUINE_GRACE", "NOTIFICATION", "EXTENDED_GRACE":
		return t
	case "NOTIFICATIONS":
		return "NOTIFICATION"
	}
	return ""
}
