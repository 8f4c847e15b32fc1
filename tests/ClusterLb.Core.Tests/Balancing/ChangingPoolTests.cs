using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>
/// Pools in which everything changes between picks: who is eligible, with what weight, who is full, how long requests take, what was tried.
/// What a picker remembers of before must never count against what holds now.
/// </summary>
public sealed class ChangingPoolTests
{
    private const int Steps = 400;

    public static TheoryData<string> Names() => new(Policies.Default.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void However_a_pool_changes_only_who_may_is_picked_and_somebody_is_as_long_as_anybody_may(string policy) =>
        Gen.Select(Gen.Int[1, 80], Gen.ULong).Sample((count, seed) => new Course(policy, count, seed).Run(Steps), iter: 60);

    /// <summary>One pool's life.</summary>
    private sealed class Course
    {
        private readonly LoopRandom _random;
        private readonly Backend[] _members;
        private readonly int[] _weights;
        private readonly List<Lease> _leases = [];
        private readonly IPicker _picker;
        private Eligibility _eligible;
        private long _now;

        public Course(string policy, int count, ulong seed)
        {
            _random = new LoopRandom(seed);
            _members = [.. Enumerable.Range(0, count).Select(i =>
                new Backend("app", $"b{i}", new IPEndPoint(IPAddress.Loopback, i + 1), i, 1, maxInFlight: _random.Next(4)))];
            _weights = [.. _members.Select(_ => Weight())];
            _eligible = new Eligibility(_members, [.. _weights], failOpen: false);
            _picker = Policies.Default.Get(policy).Build(Configs.Pool, _members).CreatePicker(new LoopRandom(seed + 1));
        }

        public void Run(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                Change();
                var tried = Tried();
                var acceptable = _members.Where(member => _weights[member.Index] > 0 && !member.IsFull && !tried.Contains(member)).ToList();
                var request = new PickRequest(_eligible, tried, _random.Next(2) == 0, _random.Next(), _now);
                var picked = _picker.Pick(request);
                Assert.Equal(acceptable.Count > 0, picked is not null);
                if (picked is null) continue;
                Assert.Contains(picked, acceptable);
                Assert.True(picked.TryLease(out var lease));
                _leases.Add(lease);
            }
        }

        private void Change()
        {
            _now += _random.Next(200);
            while (_leases.Count > 0 && _random.Next(3) > 0) Return(_random.Next(_leases.Count));
            var member = _members[_random.Next(_members.Length)];
            if (_random.Next(4) == 0) PeakEwma.Observe(member.Load, _random.Next(1_000_000), _now);
            if (_random.Next(4) == 0) member.Load.SetRemote(_random.Next(50), nodes: 3);
            if (_random.Next(3) > 0) return;
            if (_random.Next(20) == 0) Array.Clear(_weights);
            for (var changes = _random.Next(5); changes >= 0; changes--) _weights[_random.Next(_weights.Length)] = Weight();
            _eligible = new Eligibility(_members, [.. _weights], failOpen: false);
        }

        private void Return(int at)
        {
            _leases[at].Return();
            _leases.RemoveAt(at);
        }

        private Tried Tried()
        {
            var tried = new Tried();
            for (var tries = _random.Next(3) == 0 ? _random.Next(11) : 0; tries > 0; tries--)
                tried.Add(_members[_random.Next(_members.Length)]);
            return tried;
        }

        /// <summary>x 100; often none, often the same, now and then the least and the greatest that there are.</summary>
        private int Weight() => _random.Next(6) switch
        {
            0 => 0,
            1 => 10,
            2 => 25_600,
            3 => 1 + _random.Next(25_600),
            _ => 100,
        };
    }
}
