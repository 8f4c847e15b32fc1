using System.Collections.Concurrent;
using System.Text;

namespace ClusterLb.Node.Logging;

/// <summary>
/// An exception in a log line. What strangers can cause, in the network code of libraries, is told by its messages, in one line; a fault of
/// our own comes with its stack trace, once an hour.
/// </summary>
internal sealed class FailureText(TimeProvider time)
{
    private const int MostMessages = 4;
    private const int MostTraces = 256;

    private static readonly TimeSpan s_traceLasts = TimeSpan.FromHours(1);
    private static readonly string[] s_network = ["Akka.Remote", "Microsoft.AspNetCore"];

    private readonly ConcurrentDictionary<(LogKind Kind, Type Failure), long> _traces = new();

    public string Of(LogKind kind, Exception failure) =>
        IsFault(kind) && IsNew(kind, failure) ? failure.ToString().ReplaceLineEndings(" ") : MessagesOf(failure);

    private static bool IsFault(LogKind kind) => !s_network.Any(name => kind.Category.StartsWith(name, StringComparison.Ordinal));

    private bool IsNew(LogKind kind, Exception failure)
    {
        var now = time.GetTimestamp();
        if (_traces.TryGetValue((kind, failure.GetType()), out var last) && time.GetElapsedTime(last, now) < s_traceLasts) return false;
        if (_traces.Count >= MostTraces) _traces.Clear();
        _traces[(kind, failure.GetType())] = now;
        return true;
    }

    private static string MessagesOf(Exception failure)
    {
        var text = new StringBuilder();
        var at = failure;
        for (var i = 0; at is not null && i < MostMessages; i++, at = at.InnerException)
        {
            if (i > 0) text.Append(" <- ");
            text.Append(at.GetType().Name).Append(": ").Append(at.Message.ReplaceLineEndings(" "));
        }

        return text.ToString();
    }
}
