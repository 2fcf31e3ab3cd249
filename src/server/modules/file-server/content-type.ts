/**
 * Media types by extension, as IANA's registry and current use have them: what a web server meets, not everything there is. Text gets its
 * charset when it is looked up. The machine's own tables are not asked, so that a site is served alike everywhere.
 */
const TYPES: Readonly<Record<string, string>> = {
  "application/atom+xml": "atom",
  "application/dash+xml": "mpd",
  "application/epub+zip": "epub",
  "application/geo+json": "geojson",
  "application/gzip": "gz tgz",
  "application/java-archive": "jar",
  "application/json": "json map",
  "application/ld+json": "jsonld",
  "application/manifest+json": "webmanifest",
  "application/msword": "doc",
  "application/octet-stream": "bin dmg exe img iso msi",
  "application/ogg": "ogx",
  "application/pdf": "pdf",
  "application/pgp-signature": "asc sig",
  "application/postscript": "ai eps ps",
  "application/rss+xml": "rss",
  "application/rtf": "rtf",
  "application/sql": "sql",
  "application/toml": "toml",
  "application/vnd.android.package-archive": "apk",
  "application/vnd.apple.mpegurl": "m3u8",
  "application/vnd.debian.binary-package": "deb udeb",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-fontobject": "eot",
  "application/vnd.ms-powerpoint": "ppt",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.rar": "rar",
  "application/vnd.sqlite3": "sqlite sqlite3",
  "application/wasm": "wasm",
  "application/x-7z-compressed": "7z",
  "application/x-bittorrent": "torrent",
  "application/x-bzip2": "bz2",
  "application/x-rpm": "rpm",
  "application/x-sh": "sh",
  "application/x-tar": "tar",
  "application/x-x509-ca-cert": "crt der pem",
  "application/x-xz": "xz",
  "application/xhtml+xml": "xhtml xht",
  "application/xslt+xml": "xslt",
  "application/yaml": "yaml yml",
  "application/zip": "zip",
  "application/zstd": "zst",
  "audio/aac": "aac",
  "audio/flac": "flac",
  "audio/midi": "mid midi",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "audio/ogg": "oga ogg opus spx",
  "audio/wav": "wav",
  "audio/webm": "weba",
  "font/collection": "ttc",
  "font/otf": "otf",
  "font/ttf": "ttf",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "image/apng": "apng",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "image/gif": "gif",
  "image/heic": "heic",
  "image/heif": "heif",
  "image/jpeg": "jpeg jpg jpe jfif",
  "image/jxl": "jxl",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/tiff": "tif tiff",
  "image/vnd.microsoft.icon": "cur ico",
  "image/webp": "webp",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
  "text/calendar": "ics",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "htm html shtml",
  "text/javascript": "js mjs cjs",
  "text/jsx": "jsx",
  "text/markdown": "markdown md",
  "text/plain": "conf def ini list log text txt",
  "text/tab-separated-values": "tsv",
  "text/vcard": "vcard vcf",
  "text/vtt": "vtt",
  "text/xml": "xml xsd xsl",
  "video/3gpp": "3gp",
  "video/mp2t": "ts",
  "video/mp4": "m4v mp4",
  "video/mpeg": "mpeg mpg",
  "video/ogg": "ogv",
  "video/quicktime": "mov qt",
  "video/webm": "webm",
  "video/x-matroska": "mkv",
  "video/x-msvideo": "avi",
};

const byExtension = new Map<string, string>();
for (const [type, extensions] of Object.entries(TYPES)) {
  const value = type.startsWith("text/") ? `${type}; charset=utf-8` : type;
  for (const extension of extensions.split(" ")) byExtension.set(extension, value);
}

/**
 * The Content-Type of a file by what follows the last dot of its name, or undefined for one that is not known: as with Caddy, such a file is sent without a
 * type, and never one guessed from its content.
 */
export function contentType(name: string): string | undefined {
  const slash = name.lastIndexOf("/");
  const dot = name.lastIndexOf(".");
  if (dot <= slash) return undefined;
  const extension = name.slice(dot + 1);
  return byExtension.get(extension) ?? byExtension.get(extension.toLowerCase());
}
