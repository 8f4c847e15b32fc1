using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class BindingTests
{
    private static readonly Binding s_binding = new(new SessionKey(1), Backend: 7, Version: 2, ExpiresAt: 1_000);

    [Fact]
    public void The_later_move_overrules_the_earlier_one_whoever_it_leads_to()
    {
        Assert.True(s_binding.Overrules(s_binding with { Version = 1, Backend = 9, ExpiresAt = 2_000 }));
        Assert.False(s_binding.Overrules(s_binding with { Version = 3, Backend = 5 }));
    }

    [Fact]
    public void Of_two_bindings_of_one_version_both_sides_keep_the_same()
    {
        Assert.True(s_binding.Overrules(s_binding with { Backend = 6 }));
        Assert.False(s_binding.Overrules(s_binding with { Backend = 8 }));
        Assert.False(s_binding.Overrules(s_binding with { ExpiresAt = 1 }));
    }

    [Fact]
    public void It_lives_until_the_second_it_expires_at()
    {
        Assert.False(s_binding.IsExpired(999));
        Assert.True(s_binding.IsExpired(1_000));
        Assert.True(s_binding.IsExpired(1_001));
    }

    [Fact]
    public void An_evicted_session_is_nowhere_and_a_version_of_zero_is_this_nodes_own_note()
    {
        Assert.Equal((false, false), (s_binding.IsEvicted, s_binding.IsLocal));
        Assert.Equal((true, false), ((s_binding with { Backend = 0 }).IsEvicted, (s_binding with { Backend = 0 }).IsLocal));
        Assert.Equal((false, true), ((s_binding with { Version = 0 }).IsEvicted, (s_binding with { Version = 0 }).IsLocal));
    }
}
