using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Discovery;

/// <summary>The one that asks for all, and two agents that a test plays.</summary>
public sealed class BackendFinderActorTests : PatientTestKit
{
    private const string App = "dns:app.internal:80";

    private readonly TestMemory _test = new(Configs.Pool);
    private readonly TestProbe _own;
    private readonly TestProbe _other;
    private readonly ScriptedSource _source = new() { Now = ScriptedSource.Found("10.0.0.1:80") };

    public BackendFinderActorTests()
    {
        (_own, _other) = (CreateTestProbe(), CreateTestProbe());
        _test.Sources[App] = _source;
    }

    [Fact]
    public async Task Everybody_hears_what_is_known_at_once_and_every_change()
    {
        await ApplyAsync();
        Begin();
        Assert.Equal("10.0.0.1:80", TextOf(await _own.ExpectMsgAsync<FoundPart>()));
        var first = await _other.ExpectMsgAsync<FoundPart>();
        Assert.Equal((FoundWord.TermAfter(0, 7), 0), (first.Term, first.Sequence));

        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        _test.Time.Advance(TimeSpan.FromSeconds(2));
        var next = await NextPartAsync();
        Assert.Equal("10.0.0.1:80 10.0.0.2:80", TextOf(next));
        Assert.Equal((first.Term, 1), (next.Term, next.Sequence));
    }

    [Fact]
    public async Task Who_pulls_gets_the_latest_word()
    {
        await ApplyAsync();
        var finder = Begin();
        var puller = CreateTestProbe();
        puller.Send(finder, new PullFound());
        Assert.Equal("10.0.0.1:80", TextOf(await puller.ExpectMsgAsync<FoundPart>()));
    }

    [Fact]
    public async Task It_goes_above_a_later_word_that_somebody_has_and_heeds_no_earlier_one()
    {
        var finder = Begin();
        var first = await _other.ExpectMsgAsync<FoundPart>();
        _other.Send(finder, new FoundDigest(first.Term, first.Sequence));
        _other.Send(finder, new FoundDigest(first.Term << 4, 3));
        var next = await NextPartAsync();
        Assert.Equal((FoundWord.TermAfter(first.Term << 4, 7), 0), (next.Term, next.Sequence));
    }

    /// <summary>A digest may come in between.</summary>
    private async Task<FoundPart> NextPartAsync() => await _other.FishForMessageAsync<FoundPart>(_ => true, TimeSpan.FromSeconds(20));

    private IActorRef Begin() => Sys.ActorOf(BackendFinderActor.Props(_test.Discovery, new TestPeers(_own.Ref, _other.Ref), mark: 7));

    private static string TextOf(FoundPart part) =>
        string.Join(' ', part.Entries.SelectMany(entry => entry.Backends).Select(backend => backend.Name));

    private async Task ApplyAsync()
    {
        var desired = _test.Memory.Config with { Pools = [_test.Memory.Config.Pools[0] with { Sources = [Configs.Source(App)] }] };
        await _test.Table.PrepareAsync(desired);
        _test.Table.Apply(desired);
    }
}
