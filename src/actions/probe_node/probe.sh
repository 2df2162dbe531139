# Says what this node could give to an investigation. Changes nothing, and asks nobody else.
#
# Runs as root on the node. It prints a line for each fact, its name first, and `end` at last;
# a fact that cannot be had is left out.
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin"

has() { command -v "$1" >/dev/null 2>&1; }
meminfo() { sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo; }

echo "podmortem-probe 1"
[ -r /etc/os-release ] && echo "os $(. /etc/os-release && echo "$PRETTY_NAME")"
echo "kernel $(uname -r)"
echo "machine $(uname -m)"
[ -r /sys/kernel/security/lockdown ] && echo "lockdown $(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/security/lockdown)"
[ -r /proc/sys/kernel/modules_disabled ] && echo "modules_disabled $(cat /proc/sys/kernel/modules_disabled)"
has getenforce && echo "selinux $(getenforce)"
for way in /dev/crash /proc/kcore /dev/mem; do [ -e $way ] && echo "memory_through $way"; done
echo "memory $(meminfo MemTotal) $(meminfo MemAvailable)"
echo "uptime $(cut -d. -f1 /proc/uptime)"
for place in / /tmp /var/lib/containerd /var/lib/kubelet; do
    [ -d $place ] && df -Pk $place | sed 1d | while read -r _ size _ free _; do echo "disk $place $size $free"; done
done
if has containerd; then echo "runtime $(containerd --version 2>/dev/null | cut -d' ' -f1,3)"; fi
for tool in criu nerdctl ctr crictl docker nft iptables conntrack nsenter tcpdump gdb bpftool avml aws; do
    has $tool && echo "tool $tool"
done
has criu && echo "criu $(criu --version 2>/dev/null | sed -n 's/^Version: //p')"
echo end
