using ClusterLb.ControlPlane.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Events;

public sealed class EventJournalTests
{
    [Fact]
    public void The_oldest_make_room_for_the_newest()
    {
        var journal = new EventJournal("lb1", NullLogger.Instance, new FakeTimeProvider());

        for (var i = 0; i < EventJournal.Capacity + 5; i++) journal.Add("app/b1", $"{i}");

        Assert.Equal(EventJournal.Capacity, journal.Read().Count);
        Assert.Equal(("5", $"{EventJournal.Capacity + 4}"), (journal.Read()[0].Text, journal.Read()[^1].Text));
    }
}
