using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class BindingNotesTests
{
    private readonly BindingNotes _notes = new();

    [Fact]
    public void Only_the_first_that_waits_wakes_whoever_takes_them()
    {
        var woken = 0;
        _notes.Subscribe(() => woken++);

        for (var i = 0; i < 3; i++) _notes.Add(Note(Bindings.Of(i)));
        Assert.Equal(1, woken);
        Assert.Equal(Bindings.Range(0, 3), Take());
        _notes.Add(Note(Bindings.Of(3)));
        Assert.Equal(2, woken);
    }

    [Fact]
    public void What_there_is_no_room_for_is_dropped_and_counted()
    {
        for (var i = 0; i < BindingNotes.Capacity + 5; i++) _notes.Add(Note(Bindings.Of(i)));

        Assert.Equal(5, _notes.Dropped);
        Assert.Equal(BindingNotes.Capacity, Take().Count);
        _notes.Add(Note(Bindings.Of(1)));
        Assert.Equal(Bindings.Range(1, 1), Take());
    }

    [Fact]
    public async Task No_note_of_many_writers_is_forgotten()
    {
        const int Each = 50_000;
        using var woken = new SemaphoreSlim(0);
        _notes.Subscribe(() => woken.Release());
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) _notes.Add(Note(Bindings.Of(writer * Each + i)));
        })).ToList();

        var taken = new List<BindingNote>();
        while (taken.Count + _notes.Dropped < 3 * Each)
        {
            Assert.True(await woken.WaitAsync(TimeSpan.FromSeconds(10)));
            _notes.Take(taken);
        }

        await Task.WhenAll(writers);
        Assert.Equal(taken.Count, taken.Distinct().Count());
    }

    private static BindingNote Note(in Binding binding) => new(binding, IsStored: false);

    private List<Binding> Take()
    {
        var taken = new List<BindingNote>();
        _notes.Take(taken);
        return [.. taken.Select(note => note.Binding)];
    }
}
