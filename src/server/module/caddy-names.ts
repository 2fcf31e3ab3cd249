/** The names that a standard Caddy (2.11) knows in each namespace of modules; apps stand in "". What of it is not registered is not built here yet. */
export const CADDY_NAMES: Readonly<Record<string, readonly string[]>> = {
  "": "events http pki tls".split(" "),
  "caddy.listeners": "http_redirect proxy_protocol tls".split(" "),
  "caddy.logging.encoders": "append console filter journald json".split(" "),
  "caddy.logging.encoders.filter":
    "cookie delete hash ip_mask multi_regexp query regexp rename replace set_cookie".split(" "),
  "caddy.logging.writers": "discard file net stderr stdout".split(" "),
  "caddy.network_proxy": "none url".split(" "),
  "caddy.storage": "file_system".split(" "),
  "http.authentication.hashes": "argon2id bcrypt".split(" "),
  "http.authentication.providers": "http_basic".split(" "),
  "http.encoders": "gzip zstd".split(" "),
  "http.handlers":
    "acme_server authentication copy_response copy_response_headers encode error file_server headers intercept invoke log_append map metrics push request_body reverse_proxy rewrite static_response subroute templates timeouts tracing vars".split(
      " ",
    ),
  "http.ip_sources": "static".split(" "),
  "http.matchers":
    "client_ip expression file header header_regexp host method not path path_regexp protocol query remote_ip tls url_pattern vars vars_regexp".split(
      " ",
    ),
  "http.precompressed": "br gzip zstd".split(" "),
  "http.reverse_proxy.selection_policies":
    "client_ip_hash cookie first header ip_hash least_conn query random random_choose round_robin uri_hash weighted_round_robin".split(
      " ",
    ),
  "http.reverse_proxy.transport": "fastcgi http".split(" "),
  "http.reverse_proxy.upstreams": "a multi srv".split(" "),
  "tls.ca_pool.source": "combined file http inline pki_intermediate pki_root storage system".split(" "),
  "tls.certificates": "automate load_files load_folders load_pem load_storage".split(" "),
  "tls.client_auth.verifier": "leaf".split(" "),
  "tls.ech.publishers": "dns".split(" "),
  "tls.get_certificate": "http tailscale".split(" "),
  "tls.handshake_match": "local_ip not remote_ip sni sni_regexp".split(" "),
  "tls.issuance": "acme internal zerossl".split(" "),
  "tls.leaf_cert_loader": "file folder pem storage".split(" "),
  "tls.permission": "http".split(" "),
  "tls.stek": "distributed standard".split(" "),
};
