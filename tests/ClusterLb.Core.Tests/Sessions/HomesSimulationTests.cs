using System.Globalization;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;
using CsCheck;

namespace ClusterLb.Core.Tests.Sessions;

/// <summary>
/// Three nodes of one clock, without actors: drains and returns that each node hears of at another moment, and sessions that begin and go
/// on at whichever node they meet. What an event loop notes takes a round to be in its node's table, and as long again to be in the
/// others'.
/// </summary>
public sealed class HomesSimulationTests
{
    private const int Nodes = 3;
    private const int StepMilliseconds = 5;

    /// <summary>Every node ticks, and looks for what is to be told, so often; each at its own moments.</summary>
    private const int LookMilliseconds = 100;
    private const int SlowestNews = 300;
    private const int SlowestNote = 20;
    private const int SlowestBatch = 30;

    /// <summary>The third backend always takes sessions; the others drain and come back by turns.</summary>
    private static readonly Gen<(int Seed, (int Backend, int Pause)[] Wishes)> s_stories = Gen.Select(Gen.Int,
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2_000]).Array[1, 6]);

    /// <summary>
    /// But for the one window that decision 0025 names: a session that begins in the last 50 ms before homes change is met elsewhere until
    /// all have been told of it.
    /// </summary>
    [Fact]
    public void While_nobody_is_gone_no_session_is_elsewhere_at_any_node() => s_stories.Sample(
        story =>
        {
            var simulation = new Simulation(story.Seed);
            foreach (var (backend, pause) in story.Wishes) simulation.Wish(backend, pause);
            simulation.Run(2_000);
            Assert.Equal("", simulation.Wrong);
        }, iter: 300);

    [Fact]
    public void New_sessions_stay_away_from_a_backend_that_drains_once_its_drain_has_settled()
    {
        var simulation = new Simulation(seed: 7);
        simulation.Wish(1, pause: 0);
        simulation.Run((int)Homes.SettlingMilliseconds);

        Assert.All(Enumerable.Range(1_000_000, 500), session => Assert.NotEqual("b1", simulation.Ask(session % Nodes, session)));
    }

    private sealed class Simulation(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Node[] _nodes = [.. Enumerable.Range(0, Nodes).Select(_ => new Node())];
        private readonly bool[] _isDrained = new bool[3];
        private readonly List<long> _moments = [];
        private readonly List<(string Backend, long At)> _begun = [];
        private readonly HashSet<int> _caught = [];
        private readonly PriorityQueue<Action, long> _coming = new();
        private long _now = 10_000;

        /// <summary>The first session that was elsewhere; empty = none.</summary>
        public string Wrong { get; private set; } = "";

        /// <summary>Nodes may hear of wishes for two backends in either order, but of those for one in the order they were made.</summary>
        public void Wish(int backend, int pause)
        {
            var (made, state) = (_now, (_isDrained[backend] ^= true) ? AdminState.Draining : AdminState.Ready);
            _moments.Add(made + Homes.SettlingMilliseconds);
            foreach (var node in _nodes)
            {
                var heard = node.Heard[backend] = Math.Max(node.Heard[backend] + 1, made + _random.Next(SlowestNews));
                _coming.Enqueue(() => node.Pool.SetAdmin(node.Pool.Members[backend], state, "test", heard, made), heard);
            }

            Run(pause);
        }

        public void Run(int milliseconds)
        {
            for (var end = _now + milliseconds; _now < end; _now += StepMilliseconds)
            {
                while (_coming.TryPeek(out var happen, out var due) && due <= _now)
                {
                    _coming.Dequeue();
                    happen();
                }

                for (var i = 0; i < Nodes; i++)
                {
                    if (_now % LookMilliseconds == i * StepMilliseconds) Look(_nodes[i]);
                }

                Meet(_random.Next(Nodes), _random.Next(4) == 0 ? _begun.Count : _random.Next(_begun.Count + 1));
            }
        }

        /// <summary>As the data plane does it: what the table says, else home, which is noted.</summary>
        public string Ask(int at, int session)
        {
            var (node, key) = (_nodes[at], KeyOf(session));
            if (node.Table.TryGet(key, 0, out var known)) return node.Pool.Find(known.Backend)!.Name;
            var home = node.Pool.Homes.Of(key, _now)!;
            _coming.Enqueue(() => Keep(node, new Binding(key, home.Key, 0, uint.MaxValue)), _now + _random.Next(SlowestNote));
            return home.Name;
        }

        private void Meet(int at, int session)
        {
            var served = Ask(at, session);
            if (session == _begun.Count) _begun.Add((served, _now));
            var begun = _begun[session];
            if (served == begun.Backend || _caught.Contains(session) || Wrong.Length > 0) return;
            if (IsUntold(begun.At))
            {
                _caught.Add(session);
                return;
            }

            Wrong = string.Create(CultureInfo.InvariantCulture,
                $"session {session} at node {at} at {_now}: {begun} -> {served}, homes changed at {string.Join(", ", _moments)}");
        }

        /// <summary>The window: whoever begins in it is met elsewhere, and stays there if homes change once more meanwhile.</summary>
        private bool IsUntold(long begunAt) => _now - begunAt <= SlowestNote + SlowestBatch + StepMilliseconds
            && _moments.Exists(moment => begunAt < moment && moment <= _now);

        /// <summary>As the pool's clock and the actor of local sessions do it.</summary>
        private void Look(Node node)
        {
            node.Pool.Tick(_now);
            if (ReferenceEquals(node.Seen, node.Pool.Homes.Coming)) return;
            node.Seen = node.Pool.Homes.Coming;
            foreach (var binding in Enumerable.Range(0, BindingTable.Parts).SelectMany(node.Table.Read).Where(binding => binding.IsLocal))
                Keep(node, binding);
        }

        /// <summary>As the exchange does it: what others would not find is told.</summary>
        private void Keep(Node node, Binding binding)
        {
            if (node.Pool.Homes.WillFind(binding.Session, binding.Backend, _now))
            {
                node.Table.Put(binding, 0);
                return;
            }

            var told = binding with { Version = 1 };
            node.Table.Put(told, 0);
            foreach (var other in _nodes) _coming.Enqueue(() => other.Table.Put(told, 0), _now + _random.Next(SlowestBatch));
        }

        private static SessionKey KeyOf(int session) => SessionKey.Of(1, BitConverter.GetBytes(session));
    }

    private sealed class Node
    {
        public Pool Pool { get; } = HomesTests.NewPool();

        public BindingTable Table { get; } = new(1_000);

        /// <summary>Monotonic milliseconds of the last wish, by backend.</summary>
        public long[] Heard { get; } = new long[3];

        /// <summary>The homes for which the table was gone over.</summary>
        public object? Seen { get; set; }
    }
}
