#!/bin/busybox sh
# First program of the guest: makes a root out of the host's root (read-only) and a scratch disk, and goes there.
/bin/busybox --install -s /bin
export PATH=/bin
fail() {
  echo "GUEST: $1"
  echo b >/proc/sysrq-trigger
}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do insmod "$module" 2>/dev/null; done
mount -t virtiofs -o ro root /lower || fail 'cannot mount the root share'
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 50 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
mount -t ext4 -o noatime /dev/vda /scratch || fail 'cannot mount the scratch disk'
mkdir -p /scratch/upper /scratch/work
mount -t overlay -o lowerdir=/lower,upperdir=/scratch/upper,workdir=/scratch/work overlay /root ||
  fail 'cannot mount the overlay'
mkdir -p /root/ctl /root/scratch
# A plain ext4 for what cannot lie on an overlay.
mount -o bind /scratch /root/scratch
mount -t virtiofs control /root/ctl || fail 'cannot mount the control share'
umount /sys
umount /proc
mount -o move /dev /root/dev
exec switch_root /root /bin/bash /ctl/init.sh
