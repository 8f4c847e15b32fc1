using System.Globalization;
using System.Text;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>One request of a check, and what its answer comes to. Used by one thread.</summary>
internal sealed class HttpTalk(byte[] request, HttpProbeOptions options) : IProbeTalk
{
    private readonly byte[] _expected = Encoding.UTF8.GetBytes(options.ExpectBody);
    private ProbeBody? _body;
    private int _status;

    public ReadOnlyMemory<byte> Opening => request;

    public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast)
    {
        if (_body is not null) return HearBody(received, 0, isLast);
        if (StatusReader.Read(received, out var start) is not { } status) return ProbeTurn.More();
        if (status == StatusReader.NotHttp) return ProbeTurn.Done(false, $"not HTTP: {ProbeText.Quoted(FirstLine(received[start..]))}");
        if (!options.ExpectedStatus.Contains(status)) return ProbeTurn.Done(false, $"{Text(status)}, expected {Expected()}");
        if (_expected.Length == 0) return ProbeTurn.Done(true, Text(status));
        if (StatusReader.HeadLength(received[start..]) is not { } length) return ProbeTurn.More();
        _status = status;
        if (ProbeBody.Of(received.Slice(start, length), status) is not { } body) return Fail("a body whose length makes no sense");
        _body = body;
        return HearBody(received[(start + length)..], start + length, isLast);
    }

    private ProbeTurn HearBody(ReadOnlySpan<byte> received, int before, bool isLast)
    {
        var taken = _body!.Take(received);
        if (_body.Has(_expected)) return ProbeTurn.Done(true, $"{Text(_status)} with the expected text");
        if (_body.IsBroken) return Fail("a body with broken chunks");
        if (_body.IsWhole) return FailText("a body");
        if (_body.IsFull) return FailText("64 KiB of body");
        if (isLast) return _body.EndsByClose ? FailText("a body") : FailText("part of a body");
        return ProbeTurn.More(before + taken);
    }

    private ProbeTurn FailText(string what) => _body!.Seen.IsEmpty
        ? Fail("no body")
        : Fail($"{what} that begins {ProbeText.Quoted(_body.Seen)}");

    private ProbeTurn Fail(string what) =>
        ProbeTurn.Done(false, $"{Text(_status)} and {what}, expected {ProbeText.Quoted(_expected)} in it");

    private string Expected()
    {
        const int Most = 5;
        var shown = string.Join(", ", options.ExpectedStatus.Take(Most));
        return options.ExpectedStatus.Count > Most ? shown + ", ..." : shown;
    }

    private static string Text(int status) => string.Create(CultureInfo.InvariantCulture, $"status {status}");

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> received) => received[..received.IndexOfAny("\r\n"u8)];
}
