using System.Net;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Tests.Http1.Wire;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>A client of no version of HTTP: its request is a model, and it writes down what it is answered.</summary>
internal sealed class FakeDownstream(string request, FakeBodyReader content) : IDownstream
{
    public Request Request { get; } = RequestTexts.Accept(request).Request;

    public FakeBodyWriter Answer { get; } = new(isPlain: true) { HoldsHead = false };

    /// <summary>What it was told, in order.</summary>
    public List<string> Told { get; } = [];

    public bool IsGone { get; set; }

    public bool HasLeft => IsGone;

    public PeerAddress Peer { get; } = PeerAddress.From(new IPEndPoint(IPAddress.Loopback, 50_000));

    public Asked AskedBy(bool trustsClient) => new(Request, default, trustsClient);

    public long ResponseHeadBytes => 0;

    public long HeadBytes => 0;

    public IBodyReader Content => content;

    public IBodyWriter Writer => Answer;

    public Memory<byte> Unread => default;

    public LoopTask<int> SendInterimAsync(Response response) => Tell($"interim {response.Status}", IoResult.Ready);

    public bool TryBegin(Response response, in ResponseEdits edits)
    {
        Told.Add($"begin {response.Status}");
        Answer.HoldsHead = true;
        return true;
    }

    public LoopTask<int> AnswerAsync(int status, bool isLast) => Tell($"answer {status}", 1);

    public LoopTask<bool> FinishAsync(bool isWhole) => Tell(isWhole ? "whole" : "not whole", true);

    public void CutShort() => Told.Add("cut short");

    public void Abort() => Told.Add("aborted");

    public Connection Switch() => throw new NotSupportedException();

    private LoopTask<T> Tell<T>(string what, T result)
    {
        Told.Add(what);
        return new LoopTask<T>(result);
    }
}
