using System.Net;
using System.Runtime.Serialization;
using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using ClusterLb.Core.Health;
using ClusterLb.Core.Reload;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Protocol;

public sealed class ClusterSerializerTests : PatientTestKit
{
    /// <summary>
    /// One of every message, with the bytes that nodes of this version send: they never change, for a node of the next version must read
    /// them. A new field adds a sample; it does not change one.
    /// </summary>
    public static TheoryData<string, string, object> Samples { get; } = new()
    {
        { "kn1", "", new Knock(0) },
        { "kn1", "0d07000000", new Knock(7) },
        { "kd1", "0801", new Knocked(true, 0) },
        { "kd1", "15f9ffffff", new Knocked(false, -7) },
        { "vr1", "0805", new VoteRequest(5) },
        { "vo1", "08051001", new Vote(5, true) },
        { "hs1", "088080181007180120022a180a066170702f6231100218022084073207626563617573652a0e0a066170702f6232100120012800",
            new HealthSnapshotPart(393216, 7, 1, 2,
            [new VerdictEntry("app/b1", ActiveHealth.GoingDown, 2, 900, null, "because"),
            new VerdictEntry("app/b2", ActiveHealth.Up, 0, 1, 0, "")]) },
        { "hs1", "08808018100720012a1a0a066170702f623110013a0e3132372e302e302e313a39303031",
            new HealthSnapshotPart(393216, 7, 0, 1,
            [new VerdictEntry("app/b1", ActiveHealth.Up, 0, 0, null, "") { Address = "127.0.0.1:9001" }]) },
        { "hd1", "088080181007", new HealthDigest(393216, 7) },
        { "ps1", "", new PullSnapshot() },
        { "fd1", "088080181007", new FoundDigest(393216, 7) },
        { "fp1", "", new PullFound() },
        { "fs1", "088080181007180120022a230a036170701208646e733a613a38301a120a0831302e302e302e3110501a040a000001"
            + "2a190a0361707012057372763a611a0b0a017310512003280030092a0d0a03617070120666696c653a62", new FoundPart(393216, 7, 1, 2,
            [new FoundEntry("app", "dns:a:80", [new FoundBackend("10.0.0.1", 80, [IPAddress.Parse("10.0.0.1")])]),
            new FoundEntry("app", "srv:a", [new FoundBackend("s", 81, []) { Priority = 3, Weight = 0, MaxInFlight = 9 }]),
            new FoundEntry("app", "file:b", [])]) },
        { "pq1", "0a066170702f6231", new ProbeRequest("app/b1") },
        { "pq1", "0a066170702f6231120b31302e302e302e313a3830", new ProbeRequest("app/b1") { Address = "10.0.0.1:80" } },
        { "pr1", "0a066170702f623112036c623218012a0f636f6e6e6563742072656675736564",
            new ProbeReport("app/b1", "lb2", new CheckResult(false, "connect refused")) },
        { "pr1", "0a066170702f623112036c6232", new ProbeReport("app/b1", "lb2", null) },
        { "fr1", "0a066170702f62310a066170702f6232", new FailureReport(["app/b1", "app/b2"]) },
        {
            "nr1",
            "0a036c6231122f0a057265616479120c303132333435363738396162180220112900000000004a934030e0d40339efcdab896745230118"
            + "80801820072801320a0a066170702f623110033a1b0a066170702f62321211636f6e6e6563742074696d6564206f757442100a06617070"
            + "2f623310b0f82618012002", new NodeReport(
                "lb1", new NodeFacts("ready", "0123456789ab", 2, 17, 1234.5, 60_000, 0x0123456789ABCDEF), 393216, 7, true,
                [new Gauge("app/b1", 3)], [new Exclusion("app/b2", "connect timed out")], [new DrainProgress("app/b3", 638_000, true, 2)])
        },
        {
            "nr1", "0a036c62321200490807060504030201",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0), 0, 0, false, [], [], []) { AdminDigest = 0x0102030405060708 }
        },
        {
            "nr1", "0a036c62321200510807060504030201",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0), 0, 0, false, [], [], []) { KeysDigest = 0x0102030405060708 }
        },
        {
            "nr1", "0a036c62321200590807060504030201",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0), 0, 0, false, [], [], []) { ModesDigest = 0x0102030405060708 }
        },
        {
            "nr1", "0a036c623212074205302e312e30",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0) { Version = "0.1.0" }, 0, 0, false, [], [], [])
        },
        {
            "nr1", "0a036c623212204a04c000020b4a1020010db800000000000000000000000b500158f8b0d19106",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0)
                {
                    Addresses = [IPAddress.Parse("192.0.2.11"), IPAddress.Parse("2001:db8::b")],
                    IsUnready = true,
                    ZoneSerial = 1_647_597_688,
                }, 0, 0, false, [], [], [])
        },
        {
            "as1", "0a1c0a066170702f6231100218002880d095ffbc3130b1f8263a036c62320a120a04406c6232100128880e30093a036c6232",
                new AdminStateTold(
                [new AdminIntent("app/b1", AdminState.Maintenance, 0, 0, 1_700_000_000_000, 638_001, "lb2"),
                 new AdminIntent("@lb2", AdminState.Draining, null, 0, 1_800, 9, "lb2")])
        },
        { "nc1", "0801", new NodeCommand(true) },
        { "nd1", "0a08647261696e696e67", new NodeCommandDone("draining") },
        { "eq1", "", new EventsRequest() },
        { "er1", "0a310880d095ffbc3112036c62311a066170702f6231221b5550202d3e20444f574e3a20636f6e6e6563742072656675736564",
            new EventsReport([new ClusterEventEntry(1_700_000_000_000, "lb1", "app/b1", "UP -> DOWN: connect refused")]) },
        { "ai1", "0a066170702f6231100120b0ba97ffbc312880d095ffbc3130b0f8263a036c6231",
            new AdminIntent("app/b1", AdminState.Draining, null, 1_700_000_030_000, 1_700_000_000_000, 638_000, "lb1") },
        { "ai1", "0a066170702f6231100218002880d095ffbc3130b1f8263a036c6232",
            new AdminIntent("app/b1", AdminState.Maintenance, 0, 0, 1_700_000_000_000, 638_001, "lb2") },
        { "ai1", "0a066170702f6231100120b0ba97ffbc312880d095ffbc3130b0f8263a036c62314001",
            new AdminIntent("app/b1", AdminState.Draining, null, 1_700_000_030_000, 1_700_000_000_000, 638_000,
            "lb1") { MovesSessions = true } },
        {
            "nr1", "0a036c623212026801",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0) { IsNameServer = true }, 0, 0, false, [], [], [])
        },
        {
            "nr1", "0a036c6232121262100807120c303132333435363738396162",
                new NodeReport("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0) { Epoch = new ReloadEpoch(7, "0123456789ab") }, 0, 0, false,
                    [], [], [])
        },
        { "rp1", "09080706050403020112036c62311801220c303132333435363738396162",
            new PrepareReload(0x0102030405060708, "lb1", true, "0123456789ab") },
        { "ro1", "09080706050403020112036c62321a0c3031323334353637383961622209613a2031202d3e20322a077761726e696e673806",
            new ReloadOffered(0x0102030405060708, "lb2", new ReloadOffer("0123456789ab", ["a: 1 -> 2"], ["warning"], []) { Epoch = 6 }) },
        { "ro1", "09080706050403020112036c62323215612e636f6e663a313a20756e6b6e6f776e206b6579",
            new ReloadOffered(0x0102030405060708, "lb2", ReloadOffer.Refused("a.conf:1: unknown key")) },
        { "rs1", "09080706050403020112100807120c303132333435363738396162",
            new SwitchReload(0x0102030405060708, new ReloadEpoch(7, "0123456789ab")) },
        { "ra1", "090807060504030201", new AbandonReload(0x0102030405060708) },
        { "rd1", "09080706050403020112036c6232", new ReloadSwitched(0x0102030405060708, "lb2", "") },
        { "rd1", "09080706050403020112036c62321a08746f6f206c617465", new ReloadSwitched(0x0102030405060708, "lb2", "too late") },
        { "ck1", "0a030102030a03040506", new CookieKeysTold(["AQID", "BAUG"]) },
        { "sc1", "0908070605040302011118171615141312111d10ff5365",
            new ClaimSession(new SessionKey(0x0102030405060708), 0x1112131415161718, 1_700_003_600) },
        { "sm1", "090807060504030201120361707019181716151413121120032d10ff53653001",
            new MoveSession(new SessionKey(0x0102030405060708), "app", 0x1112131415161718, 3, 1_700_003_600, IsForced: true) },
        { "se1", "090807060504030201", new EvictSession(new SessionKey(0x0102030405060708), null) },
        { "se1", "090807060504030201121909080706050403020111181716151413121118032510ff5365",
            new EvictSession(new SessionKey(0x0102030405060708),
            new Binding(new SessionKey(0x0102030405060708), 0x1112131415161718, 3, 1_700_003_600)) },
        { "sf1", "090807060504030201", new FindSession(new SessionKey(0x0102030405060708)) },
        { "sb1", "0a1909080706050403020111181716151413121118032510ff5365",
            new SessionBound(new Binding(new SessionKey(0x0102030405060708), 0x1112131415161718, 3, 1_700_003_600)) },
        { "sb1", "", new SessionBound(null) },
        { "bb1", "0880801812360a100100000000000000ffffffffffffffff1210020000000000000000000000000000001a0603ffffffff0f220804000000ffffffff",
            new BindingBatch(393216,
            [new Binding(new SessionKey(1), 2, 3, 4), new Binding(new SessionKey(ulong.MaxValue), 0, uint.MaxValue, uint.MaxValue)]) },
        { "bt1", "08808018", new BindingBatchTaken(393216) },
        { "bq1", "0805", new PullBindings(5) },
        { "bp1", "080510401801221d0a080100000000000000120802000000000000001a0103220404000000",
            new BindingPart(5, 64, true, [new Binding(new SessionKey(1), 2, 3, 4)]) },
        { "bp1", "0805104018012200", new BindingPart(5, 64, true, []) },
    };

    private ClusterSerializer Serializer => new((ExtendedActorSystem)Sys);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_message_has_the_bytes_it_always_had_and_is_read_back(string manifest, string golden, object message)
    {
        Assert.Equal(manifest, Serializer.Manifest(message));
        Assert.Equal(golden, Convert.ToHexStringLower(Serializer.ToBinary(message)));
        Assert.Equal(message, Serializer.FromBinary(Convert.FromHexString(golden), manifest));
    }

    [Fact]
    public void Every_message_that_crosses_nodes_has_a_codec_a_sample_and_is_a_sealed_record()
    {
        var messages = typeof(IClusterMessage).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IClusterMessage))).ToHashSet();

        Assert.Equal(messages, Codecs.All.Select(codec => codec.Type).ToHashSet());
        Assert.Equal(messages, Samples.Select(sample => ((object[])sample)[2].GetType()).ToHashSet());
        Assert.All(messages, type => Assert.True(type.IsSealed && type.GetMethod("<Clone>$") is not null, $"{type} is no sealed record"));
        Assert.Equal(Codecs.All.Count, Codecs.All.Select(codec => codec.Manifest).Distinct().Count());
    }

    [Fact]
    public void What_a_newer_node_says_costs_a_message_and_not_the_connection()
    {
        Assert.Throws<SerializationException>(() => Serializer.FromBinary([], "xx9"));
        Assert.Throws<SerializationException>(() => Serializer.FromBinary([0xff, 0xff, 0xff], "hs1"));
        Assert.Throws<SerializationException>(() => Serializer.Manifest("text"));
        // Field 15, which this version does not know.
        Assert.Equal(new Knocked(true, 0), Serializer.FromBinary([0x08, 0x01, 0x78, 0x05], "kd1"));
    }

    /// <summary>Their bytes are the compressor's business.</summary>
    [Fact]
    public void Keys_of_an_offer_are_read_back_and_left_out_where_they_are_too_many()
    {
        ReloadOffered With(int keys, Func<int, string> value) => new(1, "lb2", new ReloadOffer("new", [], [], [])
        {
            Keys = Enumerable.Range(0, keys).Select(i => new SharedKey($"pools.app.backends.b{i}.address", value(i))).ToEquatableList(),
        });
        var (some, random) = (With(50_000, i => $"10.0.{i / 250}.{i % 250}:8080"), new Random(1));
        var tooMany = With(200_000, _ => $"{random.NextInt64():x}");

        Assert.Equal(some, Serializer.FromBinary(Serializer.ToBinary(some), "ro1"));
        Assert.True(Serializer.ToBinary(some).Length < 600_000);
        Assert.Empty(((ReloadOffered)Serializer.FromBinary(Serializer.ToBinary(tooMany), "ro1")).Offer.Keys);
    }

    [Fact]
    public void A_batch_of_bindings_fits_into_any_frame()
    {
        var worst = Enumerable.Range(0, BindingBatch.Most)
            .Select(_ => new Binding(new SessionKey(ulong.MaxValue), ulong.MaxValue, uint.MaxValue, uint.MaxValue)).ToEquatableList();

        Assert.InRange(Serializer.ToBinary(new BindingBatch(long.MaxValue, worst)).Length, 80_000, 120_000);
    }

    [Fact]
    public void Bindings_whose_columns_differ_in_length_are_none() =>
        Assert.Throws<SerializationException>(() => Serializer.FromBinary(Convert.FromHexString("120a0a080100000000000000"), "bb1"));
}
