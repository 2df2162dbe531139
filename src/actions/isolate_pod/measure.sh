# What a node sees of the network of some of its pods, and what gets through.
#
# Runs as root on the node. It enters network namespaces of pods, never one of their
# containers, and runs nothing in their cgroups. It changes nothing but an nft table of
# its own, which only counts, and it is gone with its processes when it ends. Set above, in the first line:
#   phase     before | after
#   pods      UID=ADDRESS[,ADDRESS] of the pods that are looked at
#   peers     the same of innocent pods beside them, which show that a probe can work
#   tcp       ADDRESS/PORT that answers TCP
#   dns       ADDRESS/PORT that answers questions about names, over UDP and TCP
#   near      ADDRESS/PORT of what a node offers to its pods: metadata, credentials
#   patience  seconds that a policy may need until it works
#   watch     seconds that open connections are watched for
# Every line that it prints begins with a letter:
#   n ADDRESS                                   an address of the node
#   t TOOL                                      a tool that is there
#   p POD PID NETNS INTERFACE                   a pod (numbered as given, peers go on), and where it is
#   p POD - WHY                                 or why it is not there: absent, node (it has the node's network)
#   f POD FAMILY                                it has a way out over that: 4, 6
#   x POD PID NETNS COMMAND                     a process of the pod in another network namespace
#   s POD SAMPLE STATE LOCAL PEER ACKED RECEIVED TIMER RETRIES INODE      a TCP socket
#   u POD SAMPLE LOCAL PEER                     a UDP socket
#   r POD SAMPLE COUNT                          sockets that bypass TCP and UDP
#   v POD SAMPLE                                its sockets could be read, in that namespace
#   o POD INODE PID COMMAND                     who holds a socket
#   c POD SAMPLE PROTOCOL TIMEOUT STATE  SOURCE DESTINATION PORT PORT PACKETS  (and the five of the answers)
#   k POD SAMPLE DIRECTION PROTOCOL PACKETS     forwarded to or from anybody but the node, counted by nft
#   m POD KIND COUNT                            more of them than are printed
#   a ROUND KIND FROM TO PROTOCOL ADDRESS PORT ANSWER, of the last round
#       out: pod to canary; in: peer to pod; peer: peer to canary; host: node to canary; node: node to pod
#       tcp, datagram: to the canary; udp, dns: to what answers about names, over UDP and TCP; near: TCP
#   b ROUNDS SECONDS                            rounds of probes, and for how long was watched after the last
#   end
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
own=$(readlink /proc/self/ns/net)
table=podmortem_look_$$
begun=$(date +%s)
most=40

has() { command -v "$1" >/dev/null 2>&1; }
command_of() { cat "/proc/$1/comm" 2>/dev/null | tr -cd 'A-Za-z0-9_.:/-'; }
# Processes of a pod come and go, so one of ours holds its network namespace open.
in_netns() { eval "pid=\$pid$1"; shift; nsenter -t "$pid" -n "$@"; }
hold() { # PROCESS NETNS
    nsenter -t "$1" -n sleep 300 >/dev/null 2>&1 &
    holder=$!
    holding="$holding $holder"
    tries=0
    while [ $tries -lt 250 ]; do
        entered=$(readlink "/proc/$holder/ns/net") || return 1
        case "$entered" in "$2") return 0 ;; "$own") ;; *) return 1 ;; esac
        tries=$((tries + 1))
        sleep 0.02
    done
    return 1
}

# The processes of the pods, by what the kernel says of their cgroups, and their network namespaces.
uids=$(for pod in $pods $peers; do echo "${pod%%=*}"; done)
pattern=$(for uid in $uids; do echo "$uid"; echo "$uid" | tr - _; done | sort -u | paste -sd'|' -)
holders=$(grep -H -o -E "$pattern" /proc/[0-9]*/cgroup 2>/dev/null | sed 's#^/proc/##; s#/cgroup:# #' | tr _ - |
    sort -u -n | awk '++of[$2] <= 400')
holders=$({
    echo "$holders"
    ls -l /dev/null $(echo "$holders" | awk 'NF { print "/proc/" $1 "/ns/net" }') 2>/dev/null |
        sed -n 's#.* /proc/\([0-9]*\)/ns/net -> \(.*\)#\1 = \2#p'
} | awk '$2 == "=" { if ($1 in uid) print $1, uid[$1], $3; next } { uid[$1] = $2 }')

# The namespace of a pod is the one that has its address: what its processes say is not asked.
# One process of it may have ended by now, or end while it is entered, so that the next is tried.
locate() { # NUMBER UID ADDRESSES
    where=absent searched=
    for process in $(echo "$holders" | awk -v uid="$2" '$2 == uid { print $1 "=" $3 }'); do
        netns=${process#*=} process=${process%%=*}
        if [ "$netns" = "$own" ]; then [ "$where" != absent ] || where=node; continue; fi
        case "$searched" in *" $netns "*) continue ;; esac
        has_now=$(nsenter -t "$process" -n ip -o addr show 2>/dev/null) || continue
        if ! echo "$has_now" | grep -q -F " ${3%%,*}/"; then searched="$searched $netns "; continue; fi
        hold "$process" "$netns" || continue
        interface=$(ip -o route get "${3%%,*}" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')
        echo "p $1 $process $netns ${interface:--}"
        found="$found $1"
        eval "pid$1=$holder netns$1=\$netns interface$1=\${interface:--} addresses$1='$(echo "$3" | tr , ' ')'"
        sources "$1"
        return
    done
    echo "p $1 - $where"
}

strays() { # NUMBER UID NETNS
    echo "$holders" | awk -v uid="$2" -v netns="$3" '$2 == uid && $3 != netns { print $1, $3 }' | head -n "$most" |
        while read -r process netns; do
            [ "$netns" != "$own" ] || netns=node
            echo "x $1 $process $netns $(command_of "$process")"
        done
}

# Who holds which socket of the pods that are looked at.
sockets_held() {
    numbers=
    for number in $looked_at; do
        eval "set -- $pods"; shift "$number"; numbers="$numbers ${1%%=*}=$number"
    done
    of=$(echo "$holders" | awk -v numbers="$numbers" '
        BEGIN { count = split(numbers, pair, " "); for (i = 1; i <= count; i++) { split(pair[i], half, "="); number[half[1]] = half[2] } }
        $2 in number && ++seen[$2] <= 100 { print $1 "=" number[$2] }')
    ls -l /dev/null $(for pair in $of; do echo "/proc/${pair%=*}/fd"; done) 2>/dev/null | awk -v of="$of" -v most="$most" '
        BEGIN { count = split(of, pair, /[ \n]+/); for (i = 1; i <= count; i++) { split(pair[i], half, "="); number[half[1]] = half[2] } }
        /^\/proc\/.*:$/ {
            split($0, part, "/"); process = part[3]; name = ""
            getline name < ("/proc/" process "/comm"); close("/proc/" process "/comm"); gsub(/[^A-Za-z0-9_.:\/-]/, "", name)
        }
        match($0, /socket:\[[0-9]+\]$/) {
            inode = substr($0, RSTART + 8, RLENGTH - 9); pod = number[process]
            if (!held[pod, inode]++ && ++lines[pod] <= most) print "o", pod, inode, process, name
        }'
}

count_from_here() {
    has nft || return 0
    {
        echo "table inet $table {"
        chain="chain forward { type filter hook forward priority 2000; policy accept;"
        for number in $found; do
            eval "interface=\$interface$number"
            [ "$interface" != - ] || continue
            for way in out in; do
                for protocol in tcp udp other; do
                    echo "counter ${way}_${number}_$protocol { }"
                    match=$protocol; [ "$protocol" != other ] || match='!= { tcp, udp }'
                    side=iifname; [ "$way" = out ] || side=oifname
                    chain="$chain $side \"$interface\" meta l4proto $match counter name ${way}_${number}_$protocol;"
                done
            done
        done
        echo "$chain }"
        echo "}"
    } | nft -f - 2>/dev/null && counting=yes
}

sockets() { # NUMBER SAMPLE
    all=$(in_netns "$1" sh -c 'ss -H -O -n -t -a -i -e -o && echo = && ss -H -O -n -u -a && echo = && { ss -H -n -w -a; ss -H -n -0 -a; }' 2>/dev/null) || return
    eval "[ \"\$(readlink /proc/\$pid$1/ns/net)\" = \"\$netns$1\" ]" && echo "v $1 $2"
    echo "$all" | awk -v pod="$1" -v sample="$2" -v most="$most" '
        function field(name) { return match($0, " " name ":[0-9]+") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2) : 0 }
        $0 == "=" { part_of++; next }
        NF == 0 { next }
        part_of == 1 { if (++datagrams <= most) print "u", pod, sample, $4, $5; next }
        part_of == 2 { bypassing++; next }
        $1 == "TIME-WAIT" || $4 ~ /^(127\.|\[::1\]|\[::ffff:127\.)/ { next }
        ++count > most { next }
        {
            timer = "-"; retries = 0
            if (match($0, /timer:\([^)]*\)/)) {
                split(substr($0, RSTART + 7, RLENGTH - 8), part, ","); timer = part[1]; retries = part[3]
            }
            print "s", pod, sample, $1, $4, $5, field("bytes_acked"), field("bytes_received"), timer, retries, field("ino")
        }
        END {
            if (count > most) print "m", pod, "sockets", count
            if (datagrams > most) print "m", pod, "udp-sockets", datagrams
            if (bypassing) print "r", pod, sample, bypassing
        }'
}

tracked() { # SAMPLE
    if has conntrack; then conntrack -L 2>/dev/null; conntrack -L -f ipv6 2>/dev/null
    else cut -d' ' -f3- /proc/net/nf_conntrack 2>/dev/null | sed 's/^ *//'; fi |
        awk -v sample="$1" -v most="$most" -v ours="$ours" '
        BEGIN {
            count = split(ours, pair, " ")
            for (i = 1; i <= count; i++) { split(pair[i], half, "="); number[half[1]] = half[2] }
        }
        {
            if ($4 ~ /^(TIME_WAIT|CLOSE|SYN_SENT)$/) next
            mine = -1; n = 0; delete value
            for (i = 4; i <= NF; i++) {
                eq = index($i, "="); if (!eq) continue
                name = substr($i, 1, eq - 1); text = substr($i, eq + 1)
                if (name == "src") n++
                if ((name == "src" || name == "dst") && text in number && mine < 0) mine = number[text]
                if (n > 0) value[n, name] = text
            }
            if (mine < 0 || ++lines[mine] > most) next
            line = "c " mine " " sample " " $1 " " $3 " " ($4 ~ /=/ ? "-" : $4)
            for (i = 1; i <= 2; i++) {
                split("src dst sport dport packets", names, " ")
                for (j = 1; j <= 5; j++) line = line " " ((i, names[j]) in value ? value[i, names[j]] : "-")
            }
            print line
        }
        END { for (i in lines) if (lines[i] > most) print "m", i, "flows", lines[i] }'
}

sample() { # SAMPLE
    for number in $looked_at; do sockets "$number" "$1"; done
    tracked "$1"
    [ "$counting" = no ] || nft list counters table inet "$table" 2>/dev/null | awk -v sample="$1" '
        $1 == "counter" { split($2, part, "_") }
        $1 == "packets" && $2 > 0 { print "k", part[2], sample, part[1], part[3], $2 }'
}

# What an address answers to a connection: connected, refused, silent, unreachable.
connect() { # ADDRESS PORT, behind nsenter or nothing
    said=$(timeout 2 "$@" 2>&1); code=$?
    case "$code $said" in *nsenter:* | *command\ not\ found*) echo broken ;; 0*) echo connected ;; 124*) echo silent ;; *refused*) echo refused ;; *) echo unreachable ;; esac
}
tcp_probe() { # ROUND KIND FROM TO ADDRESS PORT NAME
    eval "pid=\${pid$3:-}"; enter=; [ "$3" = node ] || enter="nsenter -t $pid -n"
    echo "a $1 $2 $3 $4 ${7:-tcp} $5 $6 $(connect $enter bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$5" "$6")"
}
# A question about a name, and whether anything comes back.
udp_probe() { # ROUND KIND FROM TO ADDRESS PORT
    eval "pid=\$pid$3"
    said=$(timeout 3 nsenter -t "$pid" -n bash -c 'exec 3<>"/dev/udp/$0/$1"
        printf "pm\001\000\000\001\000\000\000\000\000\000\012kubernetes\007default\003svc\007cluster\005local\000\000\001\000\001" >&3
        IFS= read -r -t 2 -N 1 -u 3' "$5" "$6" 2>&1); code=$?
    case "$code $said" in *nsenter:*) answer=broken ;; 0*) answer=connected ;; *refused*) answer=refused ;; *) answer=silent ;; esac
    echo "a $1 $2 $3 $4 udp $5 $6 $answer"
}
# A datagram to a port of the canary that nobody needs to listen on: it passed when the
# node's connection table has an entry for it, since that is made when a packet has
# passed every rule.
datagram() { # ROUND KIND FROM TO ADDRESS PORT
    eval "pid=\$pid$3; address=\$source$(family_of "$5")_$3"
    case "$5" in *:*) family=ipv6 ;; *) family=ipv4 ;; esac
    said=$(timeout 2 nsenter -t "$pid" -n bash -c 'exec 3<>"/dev/udp/$0/$1" && printf podmortem >&3' "$5" "$6" 2>&1)
    if ! has conntrack; then answer=unknown
    elif case "$said" in *nsenter:*) ;; *) false ;; esac; then answer=broken
    elif conntrack -L -f "$family" -p udp -s "$address" -d "$5" --orig-port-dst "$6" 2>/dev/null | grep -q dport="$6"; then answer=passed
    else answer=stopped; fi
    echo "a $1 $2 $3 $4 datagram $5 $6 $answer"
}

probe() { # ROUND
    for canary in $tcp; do tcp_probe "$1" host node - "${canary%/*}" "${canary##*/}" & done
    for end in $near; do tcp_probe "$1" host node - "${end%/*}" "${end##*/}" near & done
    port=$((20000 + ($(date +%s) * 8 + $1) % 20000))
    for number in $looked_at $others; do
        kind=out; case " $others " in *" $number "*) kind=peer ;; esac
        for canary in $tcp; do
            goes "$number" "$canary" || continue
            tcp_probe "$1" $kind "$number" - "${canary%/*}" "${canary##*/}" &
            datagram "$1" $kind "$number" - "${canary%/*}" "$port" &
        done
        for server in $dns; do
            goes "$number" "$server" || continue
            udp_probe "$1" $kind "$number" - "${server%/*}" "${server##*/}" &
            tcp_probe "$1" $kind "$number" - "${server%/*}" "${server##*/}" dns &
        done
        for end in $near; do
            goes "$number" "$end" && tcp_probe "$1" $kind "$number" - "${end%/*}" "${end##*/}" near &
        done
    done
    for number in $looked_at; do
        eval "addresses=\$addresses$number; port=\$port$number"
        for address in $addresses; do
            tcp_probe "$1" node node "$number" "$address" "$port" &
            for peer in $others; do
                goes "$peer" "$address" && tcp_probe "$1" in "$peer" "$number" "$address" "$port" &
            done
        done
    done
    wait
}
family_of() { case "$1" in *:*) echo 6 ;; *) echo 4 ;; esac; }
# Whether a pod has a way to an address of that family at all.
goes() { # NUMBER ADDRESS
    eval "[ -n \"\$source$(family_of "$2")_$1\" ]"
}
# The address with which a pod goes out over each family: what the cluster lists may not be all that it has.
sources() { # NUMBER
    for family in 4 6; do
        from=
        if [ -n "$(in_netns "$1" ip -$family route show default 2>/dev/null)" ]; then
            from=$(in_netns "$1" ip -o -$family addr show 2>/dev/null |
                awk '{ sub(/\/.*/, "", $4) } $2 != "lo" && $4 !~ /^fe80:/ { print $4; exit }')
        fi
        eval "source${family}_$1=$from"
        [ -z "$from" ] || echo "f $1 $family"
    done
}

listening() { # NUMBER: a port that somebody outside can reach, or one where the pod's kernel refuses
    port=$(in_netns "$1" ss -H -n -t -l 2>/dev/null | awk '$4 !~ /^(127\.|\[::1\])/ { sub(/.*:/, "", $4); print $4; exit }')
    echo "${port:-9}"
}

look() {
    echo "podmortem-proof 1 $phase $begun"
    ip -o addr show scope global 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print "n", $4 }' | sort -u
    for tool in ss conntrack nft bash nsenter timeout; do ! has $tool || echo "t $tool"; done
    number=0 found= looked_at= others= ours= counting=no holding=
    trap 'kill $holding 2>/dev/null; nft delete table inet "$table" 2>/dev/null' EXIT
    trap 'exit 143' INT TERM HUP
    for pod in $pods - $peers; do
        if [ "$pod" = - ]; then looked_at=$found; continue; fi
        locate "$number" "${pod%%=*}" "${pod#*=}"
        number=$((number + 1))
    done
    for number in $found; do
        case " $looked_at " in
            *" $number "*)
                eval "port$number=$(listening "$number"); mine=\"\$addresses$number \$source4_$number \$source6_$number\""
                for address in $mine; do ours="$ours $address=$number"; done
                set -- $pods; shift "$number"; eval "strays $number ${1%%=*} \$netns$number" ;;
            *) others="$others $number" ;;
        esac
    done
    count_from_here
    round=0
    while :; do
        round=$((round + 1))
        answers=$(probe "$round")
        now=$(($(date +%s) - begun))
        [ "$phase" = after ] && [ "$now" -lt "$patience" ] || break
        echo "$answers" | grep -v ' near ' | grep -q -E '^a [0-9]+ (out|in) .* (connected|refused|passed)$' || break
        sleep 1
    done
    [ -z "$answers" ] || echo "$answers"
    # Nothing of ours is on its way now: what moves between the samples is the pod's.
    sample 1
    watched=$(date +%s)
    sleep "$watch"
    sample 2
    echo "b $round $(($(date +%s) - watched))"
    sockets_held
    echo end
}

# The service hands on 24,000 characters: what is longer travels packed, behind a `z`, and
# what is too long even so without some of its lines, which is said of the pods that they are of.
pack() { printf 'z %s\n' "$(gzip -9 | base64 | tr -d '\n')"; }
thin() { # LINES of each kind that a pod may have in a sample
    awk -v most="$1" '
        /^o / && ++held[$2] > most { next }
        /^[scu] / && ++lines[$1, $2, $3] > most { more[$2]; next }
        $0 == "end" { for (pod in more) print "m", pod, "lines", "-" }
        { print }'
}
printed=$(look)
if [ ${#printed} -le 20000 ]; then
    printf '%s\n' "$printed"
else
    packed=$(printf '%s\n' "$printed" | pack)
    for fewer in 20 10 5 2; do
        [ ${#packed} -gt 23900 ] || break
        packed=$(printf '%s\n' "$printed" | thin $fewer | pack)
    done
    printf '%s\n' "$packed"
fi
