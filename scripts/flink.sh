# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# A real Flink session cluster on the loopback interface: a JobManager and a TaskManager, each a process of its own, and
# the SQL client, all from Maven artifacts (java/flink/pom.xml). Sourced after common.sh.

JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java

# What Flink's own start scripts pass on JDK 17.
FLINK_JVM_FLAGS=(
    --add-exports=java.base/sun.net.util=ALL-UNNAMED
    --add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED
    --add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED
)
for package in lang lang.reflect net io nio text time util util.concurrent util.concurrent.atomic util.concurrent.locks; do
    FLINK_JVM_FLAGS+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done

# flink_version LINE: the release that stands for a Flink line, as java/pom.xml says. java/flink/pom.xml names artifacts as Flink does
# from 1.15 on.
flink_version() {
    local version
    version=$(sed -n "/<flink.line>$1</,/<flink.version>/s|.*<flink.version>\(.*\)</flink.version>.*|\1|p" java/pom.xml)
    case $1:$version in
        *: | 1.13:*) fail "no session cluster for Flink $1" ;;
    esac
    echo "$version"
}

# flink_classpath LINE: sets FLINK_CLASSPATH; Maven is asked once per checkout and Flink version.
flink_classpath() {
    local version file
    version=$(flink_version "$1")
    file=build/flink-$version.classpath
    if [[ ! -s $file || java/flink/pom.xml -nt $file ]] || ! classpath_complete "$file"; then
        say "fetching Flink $version (about 120 MB the first time)"
        mkdir -p build
        mvn -B -ntp -q -f java/flink/pom.xml "-Dflink.version=$version" \
            dependency:build-classpath "-Dmdep.outputFile=$ROOT/$file" -Dmdep.includeScope=runtime >build/flink-maven.log 2>&1 ||
            fail "Maven could not fetch Flink $version" build/flink-maven.log
    fi
    FLINK_CLASSPATH=$(<"$file")
}

# A class path whose JARs have since been cleaned from the local repository is of no use.
classpath_complete() {
    local jar
    while read -r -d : jar; do [[ -f $jar ]] || return 1; done < <(printf '%s:' "$(<"$1")")
}

# flink_start LINE [LIB_JAR...]: starts the cluster. Extra JARs join Flink's own class path, as if they lay in lib/.
flink_start() {
    flink_configure "$@"
    start "$FLINK_LOGS/jobmanager.log" flink_java -Xmx512m \
        org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint --configDir "$FLINK_CONF"
    local jobmanager=$STARTED
    start "$FLINK_LOGS/taskmanager.log" flink_java -Xms640m -Xmx640m -XX:MaxDirectMemorySize=512m -XX:MaxMetaspaceSize=256m \
        org.apache.flink.runtime.taskexecutor.TaskManagerRunner --configDir "$FLINK_CONF"
    FLINK_TASKMANAGER_PID=$STARTED
    wait_for 60 "$jobmanager" "the Flink JobManager" "$FLINK_LOGS/jobmanager.log" \
        grep -q "Rest endpoint listening" "$FLINK_LOGS/jobmanager.log"
    wait_for 60 "$FLINK_TASKMANAGER_PID" "the Flink TaskManager" "$FLINK_LOGS/taskmanager.log" \
        grep -q "Successful registration at resource manager" "$FLINK_LOGS/taskmanager.log"
}

# flink_configure LINE [LIB_JAR...]: what flink_start does first: class path and configuration. FLINK_MORE_CONF holds more lines for it.
flink_configure() {
    local line=$1 jar
    shift
    flink_classpath "$line"
    for jar in "$@"; do FLINK_CLASSPATH+=:$(realpath "$jar"); done

    FLINK_CONF=$ROOT/$WORK/flink/conf
    FLINK_LOGS=$ROOT/$WORK/flink/log
    mkdir -p "$FLINK_CONF" "$FLINK_LOGS" "$WORK/flink/tmp"
    free_port; FLINK_REST_PORT=$FREE_PORT
    free_port; local rpc_port=$FREE_PORT
    local file=flink-conf.yaml
    [[ $line == 2.* ]] && file=config.yaml
    cat >"$FLINK_CONF/$file" <<CONF
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: $rpc_port
jobmanager.bind-host: 127.0.0.1
jobmanager.memory.process.size: 1024m
rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: $FLINK_REST_PORT
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
taskmanager.numberOfTaskSlots: ${FLINK_SLOTS:-2}
taskmanager.cpu.cores: 2
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.task.heap.size: 512m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.task.off-heap.size: 320m
taskmanager.memory.network.min: 64m
taskmanager.memory.network.max: 64m
taskmanager.memory.managed.size: 64m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
io.tmp.dirs: $ROOT/$WORK/flink/tmp
execution.target: remote
${FLINK_MORE_CONF:-}
CONF
    cat >"$FLINK_CONF/log4j2.properties" <<'CONF'
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1.} - %m%n
CONF
}

flink_java() {
    exec "$JAVA" "${FLINK_JVM_FLAGS[@]}" -XX:+UseG1GC "-Dlog4j2.configurationFile=$FLINK_CONF/log4j2.properties" -cp "$FLINK_CLASSPATH" "$@"
}

# flink_sql FILE LOG [JAR...]: runs a SQL script with the SQL client and waits for its jobs if the script says so. The JARs go
# to the user class loader, child first, as with `sql-client.sh --jar`. The client ends with 0 even if a statement failed.
flink_sql() {
    local file=$1 log=$2 jars=() jar
    shift 2
    for jar in "$@"; do jars+=(--jar "$(realpath "$jar")"); done
    (export FLINK_CONF_DIR=$FLINK_CONF && flink_java -Xmx512m org.apache.flink.table.client.SqlClient embedded \
        "${jars[@]}" --history "$WORK/flink/tmp/history" --file "$file") >"$log" 2>"$log.stderr" </dev/null || return 1
    ! grep -q '\[ERROR\]' "$log"
}
