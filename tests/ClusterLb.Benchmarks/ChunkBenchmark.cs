using System.Text;
using BenchmarkDotNet.Attributes;
using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.Benchmarks;

/// <summary>64 KiB of a chunked body as it is received, taken apart and joined. Must allocate nothing.</summary>
[MemoryDiagnoser]
public class ChunkBenchmark
{
    private readonly byte[] _room = new byte[64 * 1024];
    private byte[] _wire = [];

    /// <summary>Bytes of data in each chunk.</summary>
    [Params(1, 100, 8_192)]
    public int Size { get; set; }

    /// <summary>Behind each size.</summary>
    [Params("", ";a=bcdefgh", ";a=\"\\b\\c\"")]
    public string Extension { get; set; } = "";

    [GlobalSetup]
    public void FillBuffer()
    {
        var chunk = $"{Size:x}{Extension}\r\n{new string('x', Size)}\r\n";
        _wire = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(chunk, 64 * 1024 / chunk.Length)));
    }

    [Benchmark(Baseline = true)]
    public int Chunk_by_chunk()
    {
        var decoder = new ChunkedDecoder();
        var written = 0;
        ReadOnlySpan<byte> rest = _wire;
        while (!rest.IsEmpty)
        {
            decoder.Step(rest, out var consumed, out var data);
            data.Of(rest).CopyTo(_room.AsSpan(written));
            written += data.Length;
            rest = rest[consumed..];
        }

        return written;
    }

    [Benchmark]
    public int Joined()
    {
        var decoder = new ChunkedDecoder();
        decoder.Decode(_wire, _room, out _, out var written);
        return written;
    }
}
