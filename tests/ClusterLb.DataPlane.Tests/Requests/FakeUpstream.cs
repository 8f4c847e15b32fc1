using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Tests.Http1.Wire;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>Backends of no version of HTTP: each try goes as it was told.</summary>
/// <param name="tries">In order; one more than these is refused.</param>
internal sealed class FakeUpstream(params FakeTry[] tries) : IUpstream
{
    private readonly FakeBodyReader _none = new(0, "");
    private FakeTry _try = new(IoResult.Refused);
    private int _heads;

    /// <summary>What it was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    public FakeBodyWriter Request { get; } = new(isPlain: true);

    public Response Response { get; private set; } = new(0);

    public long HeadBytes => 0;

    public bool HasBegun => _heads > 0;

    public bool IsReused => _try.IsReused;

    /// <summary>The port is one for all tries; what is behind it is the try's.</summary>
    public IBodyReader Content => tries.Length > 0 ? tries[^1].Body ?? _none : _none;

    public IBodyWriter Writer => Request;

    public Memory<byte> Unread => default;

    public LoopTask<int> OpenAsync(LoopPool pool, Backend backend, bool mayReuse, bool mayRepeat)
    {
        var index = Asked.Count(asked => asked.StartsWith("open", StringComparison.Ordinal));
        (_try, _heads) = (index < tries.Length ? tries[index] : new FakeTry(IoResult.Refused), 0);
        Asked.Add($"open {backend.Name}{(mayReuse ? "" : " anew")}");
        return new LoopTask<int>(_try.Opened);
    }

    public bool TryBegin(Request request, Forwarding forwarding, byte[] upgrade)
    {
        Asked.Add($"{RequestTexts.Text(request.MethodText)} {RequestTexts.Text(request.TargetText)} of {RequestTexts.Text(request.Host)}");
        Request.HoldsHead = true;
        return true;
    }

    public void AnswerBy(long deadline)
    {
    }

    public LoopTask<int> ReadHeadAsync(ClusterLb.DataPlane.Messages.HttpMethod method)
    {
        if (_heads == _try.Heads.Length) return new LoopTask<int>(_try.Failed);
        Response = ResponseTexts.Accept(_try.Heads[_heads++]).Response;
        return new LoopTask<int>(IoResult.Ready);
    }

    public void Abort() => Asked.Add("abort");

    public void Leave() => Asked.Add("leave");

    public void Close() => Asked.Add("close");

    public void End(bool isClean) => Asked.Add(isClean ? "end clean" : "end");

    public Connection Switch() => throw new NotSupportedException();
}

/// <param name="Opened">Whether there is a way: <see cref="IoResult.Ready"/>, or why not.</param>
/// <param name="Heads">Of the responses that come, interim ones first.</param>
internal sealed record FakeTry(int Opened, params string[] Heads)
{
    /// <summary>What comes when no head does any more.</summary>
    public int Failed { get; init; } = IoResult.Reset;

    public bool IsReused { get; init; }

    /// <summary>Of the last response; null = none.</summary>
    public FakeBodyReader? Body { get; init; }
}
