namespace ClusterLb.Node.Hosting;

/// <summary>Every line that a node logs outside its control plane: state changes, never requests.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "listener {Listener} serves {Protocol} on {EndPoint}")]
    public static partial void ListenerServes(this ILogger logger, string listener, string protocol, string endPoint);

    [LoggerMessage(2, LogLevel.Information, "node {Node} serves with {Loops} event loops, admin on {Admin}")]
    public static partial void NodeServes(this ILogger logger, string node, int loops, string admin);

    [LoggerMessage(3, LogLevel.Information, "node {Node} drains: not ready, accepting for {DrainDelay}, then finishing within "
        + "{DrainTimeout}")]
    public static partial void NodeDrains(this ILogger logger, string node, string drainDelay, string drainTimeout);

    [LoggerMessage(4, LogLevel.Information, "node {Node} has left; {CutOff} connections were cut off")]
    public static partial void NodeLeft(this ILogger logger, string node, long cutOff);

    [LoggerMessage(5, LogLevel.Information, "backend {Backend} {From} -> {To}: {Reason}")]
    public static partial void BackendChanged(this ILogger logger, string backend, string from, string to, string reason);

    [LoggerMessage(6, LogLevel.Warning, "pool {Pool} fails open: {Healthy} of {Configured} backends are healthy, fewer than its minimum; "
        + "all of them are used")]
    public static partial void PoolFailsOpen(this ILogger logger, string pool, int healthy, int configured);

    [LoggerMessage(7, LogLevel.Information, "pool {Pool} goes by health again: {Healthy} of {Configured} backends are healthy")]
    public static partial void PoolRecovered(this ILogger logger, string pool, int healthy, int configured);

    [LoggerMessage(9, LogLevel.Warning,
        "descriptors allow {Most} client connections beside those to backends; max-connections of all listeners is {Wanted}: raise the "
            + "limit (ulimit -n, LimitNOFILE) to twice that, or lower max-connections")]
    public static partial void FewDescriptors(this ILogger logger, int most, long wanted);

    [LoggerMessage(10, LogLevel.Warning,
        "cluster.tls is not set: the cluster port is bound to this machine instead of {Host}, because what nodes say to each other is "
            + "not for a network to see; set certificate, key and ca (deploy/tls/make-certificates.sh)")]
    public static partial void NoClusterTls(this ILogger logger, string host);

    [LoggerMessage(11, LogLevel.Warning, "backend {Backend} gets {Times:0.0} times its fair share of its pool's requests on this node")]
    public static partial void BackendSkewed(this ILogger logger, string backend, double times);

    [LoggerMessage(12, LogLevel.Information, "backend {Backend} gets its fair share again")]
    public static partial void BackendEven(this ILogger logger, string backend);

    [LoggerMessage(13, LogLevel.Warning, "{Lines} lines of the access log are lost, they could not be written: {Failure}")]
    public static partial void AccessLogFails(this ILogger logger, long lines, string failure);

    [LoggerMessage(15, LogLevel.Warning, "{Lines} lines of the access log are lost: whoever reads it, or its disk, is slower than "
        + "requests come")]
    public static partial void AccessLogIsFull(this ILogger logger, long lines);

    [LoggerMessage(16, LogLevel.Information, "access log {Path} is opened anew")]
    public static partial void AccessLogReopened(this ILogger logger, string path);

    [LoggerMessage(17, LogLevel.Warning, "access log {Path} cannot be opened anew, it goes on in the file it had: {Failure}")]
    public static partial void AccessLogKept(this ILogger logger, string path, string failure);

    [LoggerMessage(18, LogLevel.Information, "no log goes to a file: there is none to open anew")]
    public static partial void NoLogFile(this ILogger logger);

    [LoggerMessage(14, LogLevel.Warning,
        "listeners open after {Seconds:0.0} s although this node does not know yet what others may know of drains, sessions and health: "
            + "it has waited for long enough")]
    public static partial void OpensUninformed(this ILogger logger, double seconds);

    [LoggerMessage(31, LogLevel.Information, "health port serves /livez and /readyz on {EndPoint}")]
    public static partial void HealthServes(this ILogger logger, string endPoint);

    [LoggerMessage(50, LogLevel.Information, "dns answers for {Zone} on {EndPoint}, UDP and TCP")]
    public static partial void DnsServes(this ILogger logger, string zone, string endPoint);

    [LoggerMessage(51, LogLevel.Error, "a bug in the name server; the query it was answering is lost")]
    public static partial void DnsFault(this ILogger logger, Exception fault);

    [LoggerMessage(8, LogLevel.Error, "a bug in the data plane; the connection it was serving is lost")]
    public static partial void DataPlaneFault(this ILogger logger, Exception fault);
}
