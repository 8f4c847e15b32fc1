using System.Collections.Immutable;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Discovery;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Discovery;
using ClusterLb.Core.Health;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Hosting;

/// <summary>What one process of a node knows, told to another one.</summary>
public sealed class NodeKnowledgeTests
{
    private readonly TestMemory _from = Memory();
    private readonly TestMemory _to = Memory();
    private readonly TestNode _node = new();

    [Fact]
    public void Verdicts_hold_in_the_new_one_from_the_first_moment_on()
    {
        var verdict = new BackendVerdict(new CheckState(ActiveHealth.Down, 0, 0), null, "connection refused");
        var verdicts = ImmutableDictionary<string, BackendVerdict>.Empty.Add("app/b1", verdict);
        _from.Memory.Health.LastSnapshot = new HealthSnapshot(3, 7, verdicts);

        Tell();

        Assert.Equal((3, 7), (_to.Memory.Health.LastSnapshot.Term, _to.Memory.Health.LastSnapshot.Sequence));
        Assert.Equal(EffectiveState.Down, _to.Pool.Members[0].Effective);
    }

    [Fact]
    public void What_operators_want_holds_and_a_drain_that_was_over_is_over()
    {
        _from.Memory.Admin.Keep(new AdminIntent("app/b1", AdminState.Maintenance, 7, 0, 0, 1, "lb2"));
        _from.Memory.Admin.Keep(new AdminIntent("app/b2", AdminState.Draining, null, 0, 0, 1, "lb2"));
        _from.Memory.Admin.Drains["app/b2"] = new DrainProgress("app/b2", 1, IsDone: true, Cut: 0);

        Tell();

        Assert.Equal(AdminState.Maintenance, _to.Pool.AdminOf(_to.Pool.Members[0]));
        Assert.Equal(7, _to.Pool.Read(_to.Pool.Members[0]).OperatorWeight);
        Assert.Equal(AdminState.Drained, _to.Pool.AdminOf(_to.Pool.Members[1]));
        Assert.Equal(_from.Memory.Admin.Digest, _to.Memory.Admin.Digest);
    }

    [Fact]
    public void A_node_that_an_operator_has_drained_stays_drained()
    {
        _from.Memory.Admin.Keep(
            new AdminIntent(AdminIntent.OfNode(_to.Memory.Members.Node), AdminState.Draining, null, 0, 0, 1, "lb2"));

        Tell();

        Assert.Equal("draining", _node.Phase);
    }

    [Fact]
    public void Sessions_and_the_key_of_their_cookie_are_known()
    {
        var binding = new Binding(new SessionKey(42), _from.Pool.Members[1].Key, 3, uint.MaxValue);
        _from.Memory.Sessions.Bindings.Put(binding, 0);
        _from.Memory.Sessions.CookieKeys.Publish(CookieKeys.OfSecrets([CookieKey.Generate().Text]));

        Tell();

        Assert.True(_to.Memory.Sessions.Bindings.TryGet(binding.Session, 0, out var known));
        Assert.Equal(binding, known);
        Assert.Equal(_from.Memory.Sessions.CookieKeys.Current.Digest, _to.Memory.Sessions.CookieKeys.Current.Digest);
    }

    [Fact]
    public void The_new_one_need_ask_nobody()
    {
        Assert.False(_to.Memory.Admin.IsKnown);

        Tell();

        Assert.True(_to.Memory.Admin.IsKnown);
        Assert.True(_to.Memory.Sessions.IsKnown);
        Assert.True(_to.Memory.Health.HasHeardMonitor);
    }

    [Fact]
    public async Task Backends_that_were_found_are_there_while_no_name_server_answers_the_new_one()
    {
        await FindAsync(_from, ScriptedSource.Found("10.0.0.1:80"));
        await FindAsync(_to, new NoAnswer("a name server answers ServerFailure"));
        Assert.Single(_to.Pool.Members);

        Tell();

        Assert.Equal(["b1", "10.0.0.1:80"], _to.Pool.Members.Select(member => member.Name));
        await _from.Discovery.DisposeAsync();
        await _to.Discovery.DisposeAsync();
    }

    [Fact]
    public void A_part_that_a_newer_program_tells_is_left_out() =>
        Of(_to).Take(new KnowledgePart("zz9", [1, 2, 3]));

    [Fact]
    public void What_the_last_requests_bind_is_the_new_ones_to_tell_and_what_is_in_flight_counts_as_its_own()
    {
        var (old, next) = (Of(_from), Of(_to));
        var binding = new Binding(new SessionKey(42), _from.Pool.Members[1].Key, 3, uint.MaxValue);
        _from.Memory.Sessions.Notes.Add(new BindingNote(binding, IsStored: false));
        Assert.True(_from.Pool.TryLease(_from.Pool.Members[0], out var lease));

        foreach (var part in old.ReadLast()) next.TakeLast(part);

        Assert.Equal(1, _to.Memory.Sessions.Notes.Waiting);
        Assert.True(_to.Memory.Sessions.Bindings.TryGet(binding.Session, 0, out _));
        Assert.Equal(new Gauge("app/b1", 1), Assert.Single(_to.Memory.OwnReport(_node).Read().Gauges));
        lease.Return();
        next.EndLast();
        Assert.Empty(_to.Memory.OwnReport(_node).Read().Gauges);
    }

    private static async Task FindAsync(TestMemory test, SourceAnswer answer)
    {
        const string App = "dns:app.internal:80";
        test.Sources[App] = new ScriptedSource { Now = answer };
        var pool = TestMemory.PoolOf(1, Configs.Pool.Health) with { Sources = [Configs.Source(App)] };
        var config = Configs.Of(Configs.Listener with { Pool = pool.Name }, pool);
        await test.Table.PrepareAsync(config);
        test.Table.Apply(config);
    }

    private void Tell()
    {
        var next = Of(_to);
        foreach (var part in Of(_from).Read()) next.Take(part);
        next.Apply();
    }

    private NodeKnowledge Of(TestMemory test) => new(test.Memory, _node, test.Discovery);

    private static TestMemory Memory() => new(TestMemory.PoolOf(2, Configs.Pool.Health with { Probe = TestProbes.Http }));
}
