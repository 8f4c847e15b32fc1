using System.Diagnostics;
using System.Text;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// Where a backend writes down what it receives, before it answers: what is written outlives the process. One process at a time has it
/// open: a FileStream writes where it believes the end to be, not where it is.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly string _name;
    private readonly FileStream _file;
    private readonly Lock _writing = new();
    private int _serial;

    public Journal(string name, string file)
    {
        (_name, _file) = (name, new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        // The last line of a process that was killed may have no end.
        _file.Write("\n"u8);
    }

    public Stamp Write(string method, string id)
    {
        lock (_writing)
        {
            var stamp = new Stamp(_name, Environment.ProcessId, ++_serial, id);
            _file.Write(Encoding.Latin1.GetBytes($"{new Receipt(stamp, method, Stopwatch.GetTimestamp()).Line}\n"));
            return stamp;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>What all processes of a backend have written.</summary>
    /// <param name="file">Of the journal.</param>
    /// <param name="offset">In it; as <see cref="LengthOf"/> said earlier.</param>
    public static IReadOnlyList<Receipt> Read(string file, long offset = 0)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = offset;
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return [.. reader.ReadToEnd().Split('\n').Select(Receipt.Parse).OfType<Receipt>()];
    }

    public static long LengthOf(string file) => new FileInfo(file).Length;
}
