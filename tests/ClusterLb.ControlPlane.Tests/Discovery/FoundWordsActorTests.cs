using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Discovery;

/// <summary>Words of a finder that a test plays. Being on this node it asks here, so that its words are only kept.</summary>
public sealed class FoundWordsActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(Configs.Pool);
    private readonly TestProbe _finder;
    private readonly IActorRef _words;

    public FoundWordsActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _finder = CreateTestProbe();
        _words = Sys.ActorOf(Props.Create(() => new FoundWordsActor(_test.Discovery, _test.Memory.Clock)));
    }

    [Fact]
    public async Task A_newer_word_is_kept_and_an_older_one_is_not()
    {
        _finder.Send(_words, Part(2, 5));
        _finder.Send(_words, Part(2, 4));
        _finder.Send(_words, Part(1, 9));
        // It has seen all of that when it answers.
        _finder.Send(_words, new FoundDigest(2, 6));
        await _finder.ExpectMsgAsync<PullFound>();
        Assert.Equal((2, 5), _test.Discovery.Latest.Version);
    }

    [Fact]
    public async Task A_finder_that_is_behind_hears_which_word_it_must_go_above()
    {
        _finder.Send(_words, Part(2, 5));
        _finder.Send(_words, new FoundDigest(1, 9));
        Assert.Equal(new FoundDigest(2, 5), await _finder.ExpectMsgAsync<FoundDigest>());
    }

    [Fact]
    public async Task A_finder_whose_word_does_not_come_is_not_heard()
    {
        var key = new SourceKey("app", "dns:app.internal:80");
        _test.Discovery.Hear(
            new FoundWord(2, 5, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>>.Empty.Add(key, [])), isOwn: false);
        for (var seconds = 0; seconds < 5; seconds++)
        {
            Assert.True(_test.Discovery.IsTold(key));
            _test.Time.Advance(TimeSpan.FromSeconds(1));
            _finder.Send(_words, new FoundDigest(2, 6));
            await _finder.ExpectMsgAsync<PullFound>();
        }

        // The first of them may have come before the actor was made.
        await Eventually.Is(() =>
        {
            _test.Time.Advance(TimeSpan.FromSeconds(1));
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
            return !_test.Discovery.IsTold(key);
        });
    }

    private static FoundPart Part(long term, long sequence) => Assert.Single(FoundParts.Split(new FoundWord(
        term, sequence, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>>.Empty)));
}
