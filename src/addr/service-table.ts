/**
 * Services that people meet, in the form of /etc/services with several protocols in one line. Names, ports and protocols as in IANA's "Service
 * Name and Transport Protocol Port Number Registry" (https://www.iana.org/assignments/service-names-port-numbers), aliases as systems have
 * them; a few common names without a registration stand at the end. Compared with Debian 12's /etc/services: what both hold is alike, but for
 * the names by which IANA goes (imap, router, sips, snmptrap, z39.50, and dicom for 11112).
 */
export const REGISTERED_SERVICES = `
tcpmux 1/tcp
echo 7/tcp,udp
discard 9/tcp,udp,sctp,dccp sink null
systat 11/tcp,udp users
daytime 13/tcp,udp
qotd 17/tcp,udp quote
chargen 19/tcp,udp ttytst source
ftp-data 20/tcp,sctp
ftp 21/tcp,sctp
ssh 22/tcp,sctp
telnet 23/tcp
smtp 25/tcp mail
time 37/tcp,udp timserver
whois 43/tcp nicname
tacacs 49/tcp,udp tacacs+
domain 53/tcp,udp dns
bootps 67/udp dhcps
bootpc 68/udp dhcpc
tftp 69/udp
gopher 70/tcp
finger 79/tcp
http 80/tcp,udp,sctp www www-http
kerberos 88/tcp,udp kerberos5 krb5 kerberos-sec
iso-tsap 102/tcp tsap
acr-nema 104/tcp,udp
pop2 109/tcp pop-2
pop3 110/tcp pop-3
sunrpc 111/tcp,udp portmapper rpcbind
auth 113/tcp authentication tap ident
sftp 115/tcp
nntp 119/tcp readnews untp
ntp 123/udp
epmap 135/tcp,udp loc-srv
netbios-ns 137/tcp,udp
netbios-dgm 138/tcp,udp
netbios-ssn 139/tcp,udp
imap 143/tcp imap2
snmp 161/tcp,udp
snmptrap 162/tcp,udp snmp-trap
cmip-man 163/tcp,udp
cmip-agent 164/tcp,udp
mailq 174/tcp
xdmcp 177/tcp,udp
bgp 179/tcp,sctp
irc 194/tcp,udp
smux 199/tcp
at-rtmp 201/tcp,udp
qmtp 209/tcp,udp
z39.50 210/tcp,udp z3950 wais
ipx 213/tcp,udp
imap3 220/tcp,udp
pkix-timestamp 318/tcp,udp
ptp-event 319/udp
ptp-general 320/udp
rpki-rtr 323/tcp
rpki-rtr-tls 324/tcp
rpc2portmap 369/tcp,udp
codaauth2 370/tcp,udp
clearcase 371/tcp,udp
ldap 389/tcp,udp
svrloc 427/tcp,udp slp
https 443/tcp,udp,sctp
snpp 444/tcp,udp
microsoft-ds 445/tcp,udp smb
kpasswd 464/tcp,udp
submissions 465/tcp smtps ssmtp urd
saft 487/tcp,udp
isakmp 500/udp ike
exec 512/tcp
biff 512/udp comsat
login 513/tcp rlogin
who 513/udp whod
shell 514/tcp cmd rsh syslog
syslog 514/udp
printer 515/tcp spooler
talk 517/udp
ntalk 518/udp
router 520/udp route routed rip
ripng 521/udp
timed 525/tcp,udp timeserver
gdomap 538/tcp,udp
uucp 540/tcp uucpd
klogin 543/tcp
kshell 544/tcp krcmd
dhcpv6-client 546/tcp,udp
dhcpv6-server 547/tcp,udp
afpovertcp 548/tcp afp
rtsp 554/tcp,udp
nntps 563/tcp snntp
submission 587/tcp msa
nqs 607/tcp,udp
asf-rmcp 623/udp ipmi
qmqp 628/tcp,udp
ipp 631/tcp,udp
ldaps 636/tcp,udp
ldp 646/tcp,udp
tinc 655/tcp,udp
silc 706/tcp,udp
kerberos-adm 749/tcp,udp
netconf-ssh 830/tcp
netconf-beep 831/tcp
domain-s 853/tcp,udp dns-over-tls dot doq
owamp-control 861/tcp
twamp-control 862/tcp
rsync 873/tcp
ftps-data 989/tcp
ftps 990/tcp
telnets 992/tcp
imaps 993/tcp
pop3s 995/tcp
socks 1080/tcp
proofd 1093/tcp,udp
rootd 1094/tcp,udp
rmiregistry 1099/tcp
openvpn 1194/tcp,udp
lotusnote 1352/tcp,udp lotusnotes
ms-sql-s 1433/tcp mssql
ms-sql-m 1434/tcp,udp
ingreslock 1524/tcp,udp
datametrics 1645/tcp,udp old-radius
sa-msg-port 1646/tcp,udp old-radacct
kermit 1649/tcp,udp
groupwise 1677/tcp,udp
l2f 1701/tcp,udp l2tp
h323gatedisc 1718/tcp,udp
h323gatestat 1719/tcp,udp
h323hostcall 1720/tcp,udp,sctp
pptp 1723/tcp,udp
radius 1812/tcp,udp
radius-acct 1813/tcp,udp radacct
mqtt 1883/tcp,udp
ssdp 1900/udp
hsrp 1985/tcp,udp
cisco-sccp 2000/tcp,udp
nfs 2049/tcp,udp,sctp
radsec 2083/tcp,udp
gnunet 2086/tcp,udp
rtcm-sc104 2101/tcp,udp
gsigatekeeper 2119/tcp
gtp-control 2123/udp
gris 2135/tcp
gtp-user 2152/udp
docker 2375/tcp
docker-s 2376/tcp
swarm 2377/tcp
etcd-client 2379/tcp
etcd-server 2380/tcp
cvspserver 2401/tcp
venus 2430/tcp,udp
venus-se 2431/tcp,udp
codasrv 2432/tcp,udp
codasrv-se 2433/tcp,udp
mon 2583/tcp,udp
dict 2628/tcp
f5-globalsite 2792/tcp
gsiftp 2811/tcp
m2ua 2904/tcp,udp,sctp
m3ua 2905/tcp,sctp
megaco-h248 2944/tcp,udp,sctp
gpsd 2947/tcp
gds-db 3050/tcp,udp gds_db
icpv2 3130/tcp,udp icp
isns 3205/tcp,udp
iscsi-target 3260/tcp iscsi
mysql 3306/tcp
ms-wbt-server 3389/tcp,udp rdp
stun 3478/tcp,udp turn
nut 3493/tcp,udp
teredo 3544/udp
distcc 3632/tcp,udp
daap 3689/tcp
svn 3690/tcp,udp subversion
bfd-control 3784/tcp,udp
bfd-echo 3785/tcp,udp
diameter 3868/tcp,sctp
suucp 4031/tcp
pcep 4189/tcp
sieve 4190/tcp managesieve
lisp-data 4341/udp
lisp-control 4342/udp
f5-iquery 4353/tcp,udp
epmd 4369/tcp,udp
remctl 4373/tcp,udp
ntske 4460/tcp
ipsec-nat-t 4500/tcp,udp
iax 4569/udp
mtn 4691/tcp
ipfix 4739/tcp,udp,sctp
ipfixs 4740/tcp,udp,sctp
bfd-multi-ctl 4784/tcp,udp
vxlan 4789/udp
vxlan-gpe 4790/udp
radmin-port 4899/tcp,udp
sip 5060/tcp,udp,sctp
sips 5061/tcp,udp,sctp sip-tls
xmpp-client 5222/tcp jabber-client
capwap-control 5246/udp
capwap-data 5247/udp
xmpp-server 5269/tcp jabber-server
cfengine 5308/tcp
stuns 5349/tcp,udp turns
nat-pmp-status 5350/udp pcp-multicast
nat-pmp 5351/udp pcp
dns-llq 5352/tcp,udp
mdns 5353/udp
llmnr 5355/tcp,udp
postgresql 5432/tcp postgres
freeciv 5556/tcp,udp
amqps 5671/tcp
amqp 5672/tcp,udp,sctp
coap 5683/tcp,udp
coaps 5684/tcp,udp
rfb 5900/tcp vnc vnc-server
couchdb 5984/tcp
wsman 5985/tcp,udp
wsmans 5986/tcp,udp
x11 6000/tcp x11-0
x11-1 6001/tcp
x11-2 6002/tcp
x11-3 6003/tcp
x11-4 6004/tcp
x11-5 6005/tcp
x11-6 6006/tcp
x11-7 6007/tcp
geneve 6081/udp
sflow 6343/tcp,udp
gnutella-svc 6346/tcp,udp
gnutella-rtr 6347/tcp,udp
redis 6379/tcp
sge-qmaster 6444/tcp,udp sge_qmaster
sge-execd 6445/tcp,udp sge_execd
mysql-proxy 6446/tcp,udp
syslog-tls 6514/tcp,udp
openflow 6653/tcp,udp
babel 6696/udp
ircs-u 6697/tcp ircs
bbs 7000/tcp
afs3-fileserver 7000/udp
afs3-callback 7001/udp
afs3-prserver 7002/udp
afs3-vlserver 7003/udp
afs3-kaserver 7004/udp
afs3-volser 7005/udp
afs3-bos 7007/udp
afs3-update 7008/udp
afs3-rmtsys 7009/udp
font-service 7100/tcp,udp xfs
http-alt 8080/tcp,udp webcache
http-alt 8008/tcp,udp
puppet 8140/tcp
pcsync-https 8443/tcp https-alt
secure-mqtt 8883/tcp mqtts
pdl-datastream 9100/tcp,udp jetdirect
bacula-dir 9101/tcp,udp
bacula-fd 9102/tcp,udp
bacula-sd 9103/tcp,udp
git 9418/tcp
xmms2 9667/tcp,udp
zabbix-agent 10050/tcp
zabbix-trapper 10051/tcp
amanda 10080/tcp,udp
nbd 10809/tcp
dicom 11112/tcp
memcache 11211/tcp,udp memcached
hkp 11371/tcp
db-lsp 17500/tcp
dcap 22125/tcp
gsidcap 22128/tcp
wnn6 22273/tcp
quake 26000/tcp,udp
mongodb 27017/tcp
netstat 15/tcp
fsp 21/udp fspd
kerberos4 750/udp,tcp kerberos-iv kdc
spamd 783/tcp
zebrasrv 2600/tcp
zebra 2601/tcp
ripd 2602/tcp
bgpd 2605/tcp
munin 4949/tcp
iperf3 5201/tcp,udp
nrpe 5666/tcp
nsca 5667/tcp
ircd 6667/tcp
webmin 10000/tcp
binkp 24554/tcp
wireguard 51820/udp
`;
