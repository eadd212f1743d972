#!/bin/bash
# Process 1 of the guest: mounts what a machine with cgroup v2 has, runs /ctl/command, and switches the machine off.
# GUEST_SHARES: "tag:folder:mode" words. Output, exit code and kernel log go to the share /out.
source /ctl/environment
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/init.scope
echo $$ >/sys/fs/cgroup/init.scope/cgroup.procs
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
done
for share in $GUEST_SHARES; do
  IFS=: read -r tag folder mode <<<"$share"
  mkdir -p "$folder"
  mount -t virtiofs -o "$mode" "$tag" "$folder" || echo "GUEST: cannot mount $folder" >&2
done
[ -b "${GUEST_SWAP:-}" ] && swapon "$GUEST_SWAP"
if [ -b "${GUEST_DISK:-}" ]; then
  mkdir -p /disk
  mount -t ext4 -o noatime "$GUEST_DISK" /disk
fi
ip link set lo up

cd /
setsid bash /ctl/command >/out/stdout 2>/out/stderr </dev/null
echo $? >/out/exit-code
dmesg >/out/kernel.log
sync
# On 5.10 a power-off hangs under emulation; QEMU runs with -no-reboot instead.
echo b >/proc/sysrq-trigger
sleep 10
