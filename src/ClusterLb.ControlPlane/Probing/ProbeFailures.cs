using System.Globalization;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>What went wrong with a probe, in an operator's words.</summary>
internal static class ProbeFailures
{
    private const string Refused = "connect refused";
    private const string NoRoute = "no route";
    private const string Silence = "timed out";

    /// <summary>There was no connection, and that was clear at once.</summary>
    public static bool IsUnreached(CheckResult result) => result is { Passed: false, Reason: Refused or NoRoute };

    public static bool IsSilence(CheckResult result) =>
        !result.Passed && result.Reason.StartsWith(Silence, StringComparison.Ordinal);

    public static CheckResult TimedOut(HealthConfig config) =>
        new(false, string.Create(CultureInfo.InvariantCulture, $"{Silence} after {config.Timeout.TotalSeconds:0.###}s"));

    /// <returns>Null when the failure was this node's own.</returns>
    public static CheckResult? Of(ProbeEnd end, HealthConfig config) => end switch
    {
        ProbeEnd.Refused => new CheckResult(false, Refused),
        ProbeEnd.Unreachable => new CheckResult(false, NoRoute),
        ProbeEnd.Reset => new CheckResult(false, "connection reset"),
        ProbeEnd.TimedOut => TimedOut(config),
        ProbeEnd.Endless => new CheckResult(false, "an answer that goes on and on"),
        ProbeEnd.NotAsked => null,
        _ => new CheckResult(false, "closed without an answer"),
    };

    /// <summary>The innermost cause.</summary>
    public static CheckResult Of(Exception failure) => new(false, failure.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Refused,
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "connection reset",
        SocketException socket => socket.SocketErrorCode.ToString(),
        OperationCanceledException => "cancelled",
        HttpRequestException http => $"not HTTP: {http.HttpRequestError}",
        var other => other.Message.ReplaceLineEndings(" "),
    });
}
