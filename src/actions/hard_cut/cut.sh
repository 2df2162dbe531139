# Cuts pods off on their node's side, or lets them go again, and says what is there now.
#
# Runs as root on the node. Between a pod and everybody else nothing passes any more,
# whatever policies and connections there are. The node itself may go on asking (probes),
# and gets its answers; the pod may begin nothing, not even with its node. Set above:
#   do        cut | release
#   tools     what makes the rules: the first of them that is here and works
#   pods      UID=ADDRESS[,ADDRESS] of the pods
# It prints a line for each pod: `r NUMBER here INTERFACE PACKETS TOOL`, where PACKETS are
# those that were dropped, or `r NUMBER gone`, or `r NUMBER failed WHY`. Rules are looked for
# and taken away with every tool that is here, whichever made them.
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

# The twin of a tool for IPv6; a node without IPv6 needs none.
six() { echo "$1" | sed 's/^ip/ip6/'; }
both() { echo "$1"; [ ! -e /proc/net/if_inet6 ] || six "$1"; }
iptables_here() { for tool in iptables iptables-nft iptables-legacy; do ! has $tool || echo $tool; done; }

with_iptables() { # CHAIN INTERFACE TOOL
    without_iptables "$1" "$3"
    for tool in $(both "$3"); do
        has "$tool" && $tool -w -t mangle -N "$1" && $tool -w -t mangle -N "$1-to" || return 1
        [ "$tool" = "$3" ] || for kind in neighbour-solicitation neighbour-advertisement router-solicitation; do
            $tool -w -t mangle -A "$1" -p icmpv6 --icmpv6-type $kind -j RETURN || return 1
        done
        $tool -w -t mangle -A "$1" -m conntrack --ctdir REPLY -m addrtype --dst-type LOCAL -j RETURN &&
            $tool -w -t mangle -A "$1" -j DROP && $tool -w -t mangle -A "$1-to" -j DROP &&
            $tool -w -t mangle -I PREROUTING -i "$2" -j "$1" && $tool -w -t mangle -I FORWARD -o "$2" -j "$1-to" || return 1
    done
}
without_iptables() { # CHAIN TOOL
    for tool in $(both "$2"); do
        has "$tool" || continue
        $tool -w -t mangle -S 2>/dev/null | grep -E -- "^-A (PREROUTING|FORWARD) .*-j $1(-to)?\$" | sed 's/^-A/-D/' |
            while read -r rule; do $tool -w -t mangle $rule; done
        for part in "$1" "$1-to"; do $tool -w -t mangle -F "$part" && $tool -w -t mangle -X "$part"; done
    done 2>/dev/null
}

# What is there now, read back.
show() { # NUMBER UID
    table=podmortem_cut_$(first "$2") chain=PM-CUT-$(first "$2")
    if has nft && rules=$(nft list table inet "$table" 2>/dev/null); then
        echo "$rules" | awk -v number="$1" '
            match($0, /[io]ifname "[^"]*"/) { name = substr($0, RSTART + 9, RLENGTH - 10) }
            /drop$/ { rules++; for (i = 1; i < NF; i++) if ($i == "packets") packets += $(i + 1) }
            END { if (rules == 2) print "r", number, "here", name, packets, "nft"; else print "r", number, "failed", "the-rules-are-not-whole" }'
        return
    fi
    for iptables in $(iptables_here); do
        rules=$(for tool in $(both "$iptables"); do $tool -w -t mangle -S 2>/dev/null | sed "s/^/$tool /"; done | grep -- "$chain")
        [ -n "$rules" ] || continue
        # Of each family: two chains, what leads to them, and a drop in each.
        whole=$(echo "$rules" | grep -c -E -- "-A (PREROUTING -i|FORWARD -o) .* -j $chain(-to)?\$|-A $chain(-to)? -j DROP\$")
        name=$(echo "$rules" | sed -n "s/.* -i \([^ ]*\) -j $chain\$/\1/p" | head -n 1)
        packets=$(for tool in $(both "$iptables"); do
            for part in "$chain" "$chain-to"; do $tool -w -t mangle -L "$part" -v -x -n 2>/dev/null; done
        done | awk '$3 == "DROP" { packets += $1 } END { print packets + 0 }')
        if [ "$whole" = $((4 * $(both "$iptables" | wc -l))) ]; then
            echo "r $1 here $name $packets $($iptables -V | sed -n 's/.*(\(.*\)).*/iptables-\1/p')"
        else
            echo "r $1 failed the-rules-are-not-whole"
        fi
        return
    done
    echo "r $1 gone"
}

make() { # TABLE CHAIN INTERFACE: says what did not work
    why=
    for tool in $tools; do
        has "$tool" || continue
        case "$tool" in
            nft) with_nft "$1" "$3" && return ;;
            iptables*) with_iptables "$2" "$3" "$tool" && return; without_iptables "$2" "$tool" ;;
        esac
        why="$why$tool-refused-the-rules-"
    done 2>/dev/null
    echo "${why:-none-of-$(echo "$tools" | tr ' ' '-')-is-there}"
}

number=0
for pod in $pods; do
    uid=${pod%%=*} addresses=$(echo "${pod#*=}" | tr , ' ') failed=
    table=podmortem_cut_$(first "$uid") chain=PM-CUT-$(first "$uid")
    if [ "$do" = release ]; then
        if has nft; then nft delete table inet "$table" 2>/dev/null; fi
        for iptables in $(iptables_here); do without_iptables "$chain" "$iptables"; done
    else
        interface=$(interface_of "${addresses%% *}")
        if [ -z "$interface" ]; then failed=no-interface-leads-to-it
        else failed=$(make "$table" "$chain" "$interface")
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
