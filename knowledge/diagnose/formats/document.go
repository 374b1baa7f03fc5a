package formats

// SubjectKind says what a fact speaks of; the names are those of the API's enum.
type SubjectKind string

// The kinds of subjects.
const (
	MachineSubject  SubjectKind = "MACHINE"
	LicenseSubject  SubjectKind = "LICENSE"
	AttemptSubject  SubjectKind = "ATTEMPT"
	EventSubject    SubjectKind = "EVENT"
	SRVSubject      SubjectKind = "SRV"
	HostSubject     SubjectKind = "KMS_HOST"
	ProbeSubject    SubjectKind = "PROBE"
	ServiceSubject  SubjectKind = "SERVICE"
	RegistrySubject SubjectKind = "REGISTRY"
	UserSubject     SubjectKind = "USER"
)

// Subject is the thing that a group of facts describes. ID is unique within a document ("license-1",
// "event-3", "srv-1"); a licence and the KMS host that it serves share their number.
type Subject struct {
	ID   string
	Kind SubjectKind
}

// Position is where a fact stands. Line is 1-based in the original text, before any cleaning; a binary log
// has no lines, there it is the record's place in the log. Record is an event's record number, or 0.
type Position struct{ Line, Record int }

// Fact is one statement that a document makes.
type Fact struct {
	Kind       Kind
	Value      string  // as the source spells it, without line wrapping
	Normalized string  // by the rules of the API; "" where the source does not determine it (a local time without zone)
	Machine    string  // host name if the source tells it, lower case, no trailing dot, else ""
	Subject    Subject // what it speaks of
	Position   Position
	Excerpt    string // the source line, trimmed, at most 400 bytes, without control characters
}

// Document is what Parse learns from one file.
type Document struct {
	Filename  string
	Format    Format
	Encoding  string // IANA name of the encoding the bytes were read as
	Language  string // en nb sv ru zh by the labels seen, or ""
	Machine   string // the machine, if the document speaks of exactly one
	SizeBytes int64
	LineCount int
	Warnings  []string // "message-id: English text"
	Facts     []Fact   // in the order of the source, so that the last state in a paste is the last in the slice
}

// Kind is the name of a kind of fact, as in the API.
type Kind string

// The kinds of facts.
const (
	ErrorCode         Kind = "error_code"
	InfoCode          Kind = "info_code"
	EventID           Kind = "event_id"
	LicenseStatus     Kind = "license_status"
	LicenseName       Kind = "license_name"
	Edition           Kind = "edition"
	Channel           Kind = "channel"
	PartialProductKey Kind = "partial_product_key"
	SkuID             Kind = "sku_id"
	ActivationID      Kind = "activation_id"
	ApplicationID     Kind = "application_id"
	ProductID         Kind = "product_id"
	ExtendedPID       Kind = "extended_pid"
	CMID              Kind = "cmid"
	KMSHost           Kind = "kms_host"
	KMSIP             Kind = "kms_ip"
	KMSPort           Kind = "kms_port"
	KMSHostSource     Kind = "kms_host_source"
	KMSLookupDomain   Kind = "kms_lookup_domain"
	KMSPriority       Kind = "kms_priority"
	CurrentCount      Kind = "current_count"
	MinimumCount      Kind = "minimum_count"
	TotalRequests     Kind = "total_requests"
	FailedRequests    Kind = "failed_requests"
	RequestsByStatus  Kind = "requests_by_status"
	ActivationMinutes Kind = "activation_interval_minutes"
	RenewalMinutes    Kind = "renewal_interval_minutes"
	GraceMinutes      Kind = "grace_minutes"
	NotificationCause Kind = "notification_reason"
	ActivationType    Kind = "activation_type"
	ActivationResult  Kind = "activation_result"
	Computer          Kind = "computer"
	OSVersion         Kind = "os_version"
	OfficeVersion     Kind = "office_version"
	IsVM              Kind = "is_vm"
	Elevated          Kind = "elevated"
	IsKMSHost         Kind = "is_kms_host"
	DNSPublishing     Kind = "dns_publishing"
	HostCaching       Kind = "host_caching"
	SRVRecord         Kind = "srv_record"
	SRVHost           Kind = "srv_host"
	SRVPort           Kind = "srv_port"
	DNSServer         Kind = "dns_server"
	DNSSuffix         Kind = "dns_suffix"
	DNSZone           Kind = "dns_zone"
	Ping              Kind = "ping"
	TCPOpen           Kind = "tcp_open"
	FirewallRule      Kind = "firewall_rule"
	RearmCount        Kind = "rearm_count"
	RearmSkuCount     Kind = "rearm_sku_count"
	ServiceVersion    Kind = "service_version"
	ServiceState      Kind = "service_state"
	EventTime         Kind = "event_time"
	ClientTime        Kind = "client_time"
	TrustedTime       Kind = "trusted_time"
	ClockOffset       Kind = "clock_offset" // seconds by which another computer's clock is ahead, with its sign
	TimeSource        Kind = "time_source"
	EvaluationEnd     Kind = "evaluation_end"
	InstalledUpdate   Kind = "installed_update"
	BIOSMarker        Kind = "bios_marker"
	RegistryValue     Kind = "registry_value"
	AOName            Kind = "ao_name"
	Statement         Kind = "statement"
)

// Values of Normalized that are not copied from the source.
const (
	None         = "none"     // proved absent
	Present      = "present"  // an SRV record exists
	FromDNS      = "DNS"      // kms_host_source: found by auto-discovery
	FromRegistry = "REGISTRY" // kms_host_source: set by hand or policy
	FromNowhere  = "NONE"     // kms_host_source: neither
	Success      = "SUCCESS"
	Failed       = "FAILED"
)
