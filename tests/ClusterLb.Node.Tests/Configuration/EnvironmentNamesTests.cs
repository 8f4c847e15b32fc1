using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Hocon;
using CsCheck;

namespace ClusterLb.Node.Tests.Configuration;

public class EnvironmentNamesTests
{
    /// <summary>What names may hold, those in quotes too.</summary>
    private const string Characters = "abzABZ019-_. /:\"~";

    private static readonly HoconObject s_nothing = new(new HoconPlace("test"));

    [Theory]
    [InlineData("CLUSTERLB__NODE__NAME", "node.name")]
    [InlineData("clusterlb__node__Access_Log__format", "node.access-log.format")]
    [InlineData("CLUSTERLB__STORE__REDIS__ENDPOINTS__0", "store.redis.endpoints.0")]
    [InlineData("CLUSTERLB__POOLS__MY___2EPOOL__BALANCE", "pools.\"my.pool\".balance")]
    [InlineData("CLUSTERLB__POOLS__A___5fB__BALANCE", "pools.a_b.balance")]
    [InlineData("CLUSTERLB__POOLS_____41PP__BALANCE", "pools.App.balance")]
    [InlineData("CLUSTERLB__POOLS__A___2D__BALANCE", "pools.a-.balance")]
    [InlineData("CLUSTERLB__POOLS__A___42_____43__X", "pools.aB.C.x")]
    [InlineData("CLUSTERLB__NODE__NAME_", "node.name-")]
    public void Names_are_joined_by_two_underscores_one_is_a_dash_and_three_begin_a_code(string name, string key) =>
        Assert.Equal(key, HoconPath.Print(EnvironmentNames.KeyOf(name, s_nothing, out _)!));

    [Theory]
    [InlineData("CLUSTERLB__")]
    [InlineData("CLUSTERLB____NODE")]
    [InlineData("CLUSTERLB__NODE__")]
    [InlineData("CLUSTERLB__NODE____NAME")]
    public void A_name_with_an_empty_part_is_none(string name)
    {
        Assert.Null(EnvironmentNames.KeyOf(name, s_nothing, out var problem));
        Assert.Equal("is no name of a key; names are joined by two underscores, such as CLUSTERLB__NODE__NAME", problem);
    }

    [Fact]
    public void Every_key_has_a_name_that_reaches_it_and_that_any_shell_takes() =>
        Gen.Char[Characters].Array[1, 6].Select(chars => new string(chars)).Array[1, 4].Sample(key =>
        {
            var name = EnvironmentNames.NameOf(key);

            Assert.Matches("^[A-Z][A-Z0-9_]*$", name);
            Assert.Equal(key, EnvironmentNames.KeyOf(name, s_nothing, out _));
        });

    [Fact]
    public void The_keys_of_the_reference_need_no_codes() => Assert.All(
        Conf.ReferenceKeys(),
        key => Assert.DoesNotContain("___", EnvironmentNames.NameOf(key.Split('.')), StringComparison.Ordinal));

    [Theory]
    [InlineData("MY_POOL", "my.pool")]
    [InlineData("UPPER", "Upper")]
    [InlineData("A_B", "A_b")]
    [InlineData("EXACT_ONE", "exact-one")]
    [InlineData("NEW_ONE", "new-one")]
    [InlineData("EXACT___2EONE", "exact.one")]
    public void A_name_finds_the_key_that_is_there_whatever_its_case_and_signs(string name, string pool)
    {
        var known = Known("pools { \"my.pool\" {}, Upper {}, A_b {}, exact-one {}, \"exact.one\" {} }");

        Assert.Equal(["pools", pool, "balance"], EnvironmentNames.KeyOf($"CLUSTERLB__POOLS__{name}__BALANCE", known, out _));
    }

    [Fact]
    public void A_name_that_could_be_two_keys_is_told_with_the_names_of_both()
    {
        var known = Known("pools { \"a.b\" {}, A-B {} }");

        Assert.Null(EnvironmentNames.KeyOf("CLUSTERLB__POOLS__A_B__BALANCE", known, out var problem));
        Assert.Equal(
            "could be \"a.b\" (CLUSTERLB__POOLS__A___2EB) or A-B (CLUSTERLB__POOLS_____41___2D___42); it must be spelled so", problem);
    }

    private static HoconObject Known(string text)
    {
        var document = new HoconDocument();
        document.AddText("test", text);
        return document.Root;
    }
}
