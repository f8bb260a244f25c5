# A throw-away machine for tests: this machine's files under a layer of their own, and processes, network and kernel
# settings of its own. $1: a folder for the layer. Ends with the process that started it.
set -eu
layer=$1
mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$layer"
mkdir "$layer/upper" "$layer/work" "$layer/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
mount -t proc proc "$layer/root/proc"
# Kernel settings that are files like others: those of the machine below are out of reach.
mount -t tmpfs -o mode=0755 tmpfs "$layer/root/proc/sys"
mkdir -p "$layer/root/proc/sys/net/ipv4" "$layer/root/proc/sys/kernel"
echo 0 >"$layer/root/proc/sys/net/ipv4/ip_forward"
printf '32768\t60999\n' >"$layer/root/proc/sys/net/ipv4/ip_local_port_range"
mount -t sysfs sysfs "$layer/root/sys"
mount -t tmpfs -o mode=0755 tmpfs "$layer/root/run"
mount --rbind /dev "$layer/root/dev"
mount -t tmpfs tmpfs "$layer/root/tmp"
mkdir -p "$layer/root/run/sshd" "$layer/root/root/.ssh" "$layer/root/etc/test-ssh"
chmod 700 "$layer/root/root" "$layer/root/root/.ssh"
cp "$layer.keys/"* "$layer/root/etc/test-ssh/"
cp "$layer.keys/authorized_keys" "$layer/root/root/.ssh/"
chown -R 0:0 "$layer/root/etc/test-ssh" "$layer/root/root/.ssh"
chmod 600 "$layer/root/etc/test-ssh/"* "$layer/root/root/.ssh/authorized_keys"
# Paths that this machine itself may have from rigs of its own.
rm -rf "$layer/root/opt/edgeproof" "$layer/root/etc/edgeproof" "$layer/root/var/lib/edgeproof" "$layer/root/var/log/edgeproof"
ip link set lo up
echo ready
exec chroot "$layer/root" /bin/sh -c 'while :; do sleep 1; done'
