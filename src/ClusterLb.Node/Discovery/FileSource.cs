using System.Text.Json;
using ClusterLb.Core.Discovery;
using ClusterLb.Node.Files;

namespace ClusterLb.Node.Discovery;

/// <summary><c>file:PATH</c>: a JSON list of addresses, which is read again when the file is written, replaced, or led elsewhere.</summary>
/// <param name="path">From the working folder on.</param>
internal sealed class FileSource(string path, TimeProvider time) : IBackendSource
{
    private const string Example = "file:backends.json";
    private const int MostBytes = 4 << 20;

    /// <summary>Whoever writes a file writes it in steps.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(50);

    private FileWatch? _watch;

    public static SourceKind Kind { get; } = new(
        "file", Example, place => place.Length > 0 ? "" : $"is \"file:\"; it must be file:PATH, such as {Example}",
        (place, context) => new FileSource(place, context.Time))
    { IsPath = true };

    public async Task<SourceAnswer> AskAsync(CancellationToken stopping)
    {
        // Before it is read, so that no change falls between; and anew, for its folder may be another one by now.
        _watch?.Dispose();
        _watch = new FileWatch(path);
        try
        {
            if (!File.Exists(path)) return new NoAnswer($"\"{path}\" does not exist");
            var bytes = await Task.Run(() => NamedFile.Read(path, MostBytes), stopping);
            if (bytes.Length > MostBytes) return new NoAnswer($"\"{path}\" is larger than 4 MiB");
            using var json = JsonDocument.Parse(bytes);
            return BackendList.Read(json.RootElement);
        }
        catch (JsonException failure)
        {
            return new NoAnswer($"\"{path}\" is no JSON: {failure.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new NoAnswer(failure.Message.ReplaceLineEndings(" "));
        }
    }

    public async Task ChangedAsync(CancellationToken stopping)
    {
        await (_watch?.Changed.WaitAsync(stopping) ?? Task.Delay(Timeout.InfiniteTimeSpan, stopping));
        await Task.Delay(s_settle, time, stopping);
    }

    public void Dispose() => _watch?.Dispose();
}
