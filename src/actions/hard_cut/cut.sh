# Cuts pods off on their node's side, or lets them go again, and says what is there now.
#
# Runs as root on the node. Between a pod and everybody else nothing passes any more,
# whatever policies and connections there are. The node itself may go on asking (probes),
# and gets its answers; the pod may begin nothing, not even with its node. Set above:
#   do        cut | release
#   pods      UID=ADDRESS[,ADDRESS] of the pods
# It prints a line for each pod: `r NUMBER here INTERFACE PACKETS`, where PACKETS are
# those that were dropped, or `r NUMBER gone`, or `r NUMBER failed WHY`.
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

has() { command -v "$1" >/dev/null 2>&1; }
first() { echo "$1" | cut -c1-8; }

# The interface that leads to the pod: the one by which the node reaches its address.
interface_of() { # ADDRESS
    ip -o route get "$1" 2>/dev/null | grep -v '^local' | sed -n 's/.* dev \([^ ]*\).*/\1/p'
}

with_nft() { # TABLE INTERFACE
    nft -f - <<END
table inet $1
delete table inet $1
table inet $1 {
    chain from_pod {
        type filter hook prerouting priority -190; policy accept;
        iifname "$2" icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
        iifname "$2" ct direction reply fib daddr type local accept
        iifname "$2" counter drop
    }
    chain to_pod {
        type filter hook forward priority -190; policy accept;
        oifname "$2" counter drop
    }
}
END
}

with_iptables() { # CHAIN INTERFACE
    without_iptables "$1"
    for tool in iptables ip6tables; do
        has $tool || continue
        $tool -w -t mangle -N "$1" && $tool -w -t mangle -N "$1-to" || return 1
        [ $tool = iptables ] || for kind in neighbour-solicitation neighbour-advertisement router-solicitation; do
            $tool -w -t mangle -A "$1" -p icmpv6 --icmpv6-type $kind -j RETURN
        done
        $tool -w -t mangle -A "$1" -m conntrack --ctdir REPLY -m addrtype --dst-type LOCAL -j RETURN &&
            $tool -w -t mangle -A "$1" -j DROP && $tool -w -t mangle -A "$1-to" -j DROP &&
            $tool -w -t mangle -I PREROUTING -i "$2" -j "$1" && $tool -w -t mangle -I FORWARD -o "$2" -j "$1-to" || return 1
    done
}
without_iptables() { # CHAIN
    for tool in iptables ip6tables; do
        has $tool || continue
        $tool -w -t mangle -S 2>/dev/null | grep -E -- "^-A (PREROUTING|FORWARD) .*-j $1(-to)?\$" | sed 's/^-A/-D/' |
            while read -r rule; do $tool -w -t mangle $rule; done
        for chain in "$1" "$1-to"; do $tool -w -t mangle -F "$chain" && $tool -w -t mangle -X "$chain"; done 2>/dev/null
    done
}

# What is there now, read back.
show() { # NUMBER UID
    table=podmortem_cut_$(first "$2") chain=PM-CUT-$(first "$2")
    if has nft && rules=$(nft list table inet "$table" 2>/dev/null); then
        echo "$rules" | awk -v number="$1" '
            match($0, /[io]ifname "[^"]*"/) { name = substr($0, RSTART + 9, RLENGTH - 10) }
            /drop$/ { rules++; for (i = 1; i < NF; i++) if ($i == "packets") packets += $(i + 1) }
            END { if (rules == 2) print "r", number, "here", name, packets; else print "r", number, "failed", "the-rules-are-not-whole" }'
    elif has iptables && iptables -w -t mangle -S PREROUTING 2>/dev/null | grep -q -- "-j $chain\$"; then
        name=$(iptables -w -t mangle -S PREROUTING | sed -n "s/.* -i \([^ ]*\) -j $chain\$/\1/p" | head -n 1)
        packets=$(iptables -w -t mangle -L "$chain" -v -x -n | awk '$3 == "DROP" { print $1 }')
        echo "r $1 here $name ${packets:-0}"
    else
        echo "r $1 gone"
    fi
}

number=0
for pod in $pods; do
    uid=${pod%%=*} addresses=$(echo "${pod#*=}" | tr , ' ') failed=
    table=podmortem_cut_$(first "$uid") chain=PM-CUT-$(first "$uid")
    if [ "$do" = release ]; then
        if has nft; then nft delete table inet "$table" 2>/dev/null; fi
        without_iptables "$chain"
    else
        interface=$(interface_of "${addresses%% *}")
        if [ -z "$interface" ]; then failed=no-interface-leads-to-it
        elif has nft; then with_nft "$table" "$interface" || failed=nft-refused
        elif has iptables; then with_iptables "$chain" "$interface" || failed=iptables-refused
        else failed=neither-nft-nor-iptables
        fi
        # What the node remembers of its connections would let nothing through any more, but would say they were open.
        if [ -z "$failed" ] && has conntrack; then
            for address in $addresses; do
                case "$address" in *:*) family=ipv6 ;; *) family=ipv4 ;; esac
                for side in -s -d -r -q; do conntrack -D -f $family $side "$address"; done >/dev/null 2>&1
            done
        fi
    fi
    if [ -n "$failed" ]; then echo "r $number failed $failed"; else show "$number" "$uid"; fi
    number=$((number + 1))
done
echo end
