# Starts the agent of edgeproof: its boot configuration comes on standard input, its unit is made here. $1: `systemd` or `own`.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
[ -f /var/lib/edgeproof/manifest ] || { echo "there is no manifest" >&2; exit 1; }
mkdir -p /etc/edgeproof /var/log/edgeproof
printf 'EDGEPROOF_BOOT=%s\n' "'$(cat)'" >/etc/edgeproof/boot.env.new
changed=yes
cmp -s /etc/edgeproof/boot.env.new /etc/edgeproof/boot.env && changed=no
mv /etc/edgeproof/boot.env.new /etc/edgeproof/boot.env
if [ "$1" = own ]; then
  pid=$(cat /run/edgeproof/agent.pid 2>/dev/null || true)
  if [ "$changed" = no ] && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then exit 0; fi
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  mkdir -p -m 0700 /run/edgeproof
  . /etc/edgeproof/boot.env
  export EDGEPROOF_BOOT
  # Its own session, and none of this connection's streams: it stays when the connection ends.
  setsid /bin/sh -c 'echo $$ >/run/edgeproof/agent.pid; exec /opt/edgeproof/runtime/node /opt/edgeproof/runtime/agent.mjs serve' \
    </dev/null >>/var/log/edgeproof/agent.log 2>&1 &
  exit 0
fi
# The guard of leases, which the agent starts when there are some: in a control group of its own, since the agent's is killed
# and frozen as a whole where the power of the rig's part of this machine is switched.
cat >/etc/systemd/system/edgeproof-guard.service <<'UNIT'
[Unit]
Description=Undoes what faults of edgeproof changed here, also without their tester; `edgeproof down` removes it
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/opt/edgeproof/runtime/node /opt/edgeproof/runtime/agent.mjs guard
Restart=on-failure
RestartSec=1
OOMScoreAdjust=-900
UNIT
unit=/etc/systemd/system/edgeproof-agent.service
cat >"$unit.new" <<'UNIT'
[Unit]
Description=Agent of edgeproof; `edgeproof down` removes it
After=network-online.target

[Service]
Type=exec
EnvironmentFile=/etc/edgeproof/boot.env
ExecStart=/opt/edgeproof/runtime/node /opt/edgeproof/runtime/agent.mjs serve
Restart=always
RestartSec=2
# The agent ends its services by itself, in their order; what is left then is killed.
KillMode=mixed
TimeoutStopSec=120
Delegate=yes
TasksMax=infinity
LimitNOFILE=1048576
OOMScoreAdjust=-900

[Install]
WantedBy=multi-user.target
UNIT
if cmp -s "$unit.new" "$unit"; then rm "$unit.new"; else
  mv "$unit.new" "$unit"
  changed=yes
fi
systemctl daemon-reload
systemctl enable --quiet edgeproof-agent.service 2>/dev/null
if [ "$changed" = yes ]; then systemctl restart edgeproof-agent.service; else systemctl start edgeproof-agent.service; fi
