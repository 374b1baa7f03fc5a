package knowledge

import (
	"slices"
	"strings"
)

// factKinds are those of the contract.
var factKinds = strings.Fields(`
	error_code info_code event_id license_status license_name edition channel partial_product_key sku_id activation_id
	application_id product_id extended_pid cmid kms_host kms_ip kms_port kms_host_source kms_lookup_domain kms_priority
	current_count minimum_count total_requests failed_requests requests_by_status activation_interval_minutes
	renewal_interval_minutes grace_minutes notification_reason activation_type activation_result computer os_version
	office_version is_vm elevated is_kms_host dns_publishing host_caching srv_record srv_host srv_port dns_server
	dns_suffix dns_zone ping tcp_open firewall_rule rearm_count rearm_sku_count service_version service_state event_time
	client_time trusted_time clock_offset time_source evaluation_end installed_update bios_marker registry_value ao_name statement`)

// derivedKinds are computed from those by knowledge/diagnose, for rules only.
var derivedKinds = strings.Fields(`
	isolation_fqdn isolation_ip host_time clock_difference clock_of_host client_state days_left is_volume gvlk
	machine place application unexplained current result_shown coded channel_kind server_edition beside_volume key_mix
	threshold clients_short client_name foreign_host foreign_doubt srv_seen finds_host workstation_host host_silent kms_probe
	office_major office_stated os_major key_edition key_fits split_view pings_dns pinned azure_host arrived request_logged kms_firewall firewall_profile network_profile
	codes_differ host_codes short_hosts fell_below refusals request_gap windows_release adba_used
	setup_message product_code lookup_overridden activation_object genuine
	probe_result host_state host_count host_channel host_fixed host_confirmed confirmed cmid_twin cmid_shared dead_target serving office_served publishing publish_result client_only
	missing_in host_missing host_listens no_answer exposed_key by_address fixed_host machine_licensed only_info failed quiet reference bypass spare signs_in kms_client evaluation`)

// KnownFact reports whether kind is a fact kind of the contract or a derived one.
func KnownFact(kind string) bool {
	return slices.Contains(factKinds, kind) || slices.Contains(derivedKinds, kind)
}

// FactKinds lists the fact kinds of the contract and, after them, the derived ones.
func FactKinds() []string { return slices.Concat(factKinds, derivedKinds) }
