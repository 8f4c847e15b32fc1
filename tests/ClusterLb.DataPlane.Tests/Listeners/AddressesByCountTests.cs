using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class AddressesByCountTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_says_what_a_plain_list_would_say_whatever_comes_and_goes(int seed)
    {
        var random = new Random(seed);
        var byCount = new AddressesByCount();
        var addresses = Enumerable.Range(0, 40).Select(i => new ClientAddress((ulong)i)).ToList();
        var open = new List<TestClient>();
        for (var step = 0; step < 20_000; step++)
        {
            // Now and then most go, so that counts fall as well as grow.
            var grows = open.Count == 0 || random.Next(100) < (step / 1_000 % 2 == 0 ? 70 : 30);
            var client = grows ? new TestClient() : open[random.Next(open.Count)];
            var address = client.Address ?? addresses[(int)(random.NextDouble() * random.NextDouble() * addresses.Count)];
            if (address.Count > 0) byCount.Remove(address);
            if (grows) address.Add(client);
            else address.Remove(client);
            if (address.Count > 0) byCount.Add(address);
            if (grows) open.Add(client);
            else open.Remove(client);
            if (step % 50 != 0) continue;

            var expected = addresses.Where(one => one.Count > 0).GroupBy(one => one.Count).OrderByDescending(group => group.Key)
                .Select(group => (group.Key, group.Count()));
            Assert.Equal(expected, Counts(byCount));
        }
    }

    private static IEnumerable<(int Count, int Addresses)> Counts(AddressesByCount byCount)
    {
        for (var count = byCount.Most; count > 0; count = byCount.NextBelow(count)) yield return (count, byCount.AddressesWith(count));
    }
}
