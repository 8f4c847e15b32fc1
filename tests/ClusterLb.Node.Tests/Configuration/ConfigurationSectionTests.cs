using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration;

public class ConfigurationSectionTests
{
    private readonly List<ConfigurationProblem> _problems = [];

    [Theory]
    [InlineData("200ms", 200)]
    [InlineData("5s", 5_000)]
    [InlineData("5 s", 5_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    public void Durations_have_units(string text, double milliseconds) =>
        Assert.Equal(milliseconds, Legal(Section($"key = \"{text}\"").Duration("key", "0s", "10d")).TotalMilliseconds);

    [Theory]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 seconds")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("1e3s")]
    [InlineData("11m")]
    [InlineData("9ms")]
    [InlineData("99999999999999999999999999999999999999999d")]
    public void What_is_no_duration_in_the_range_is_a_problem(string text) =>
        Assert.Equal($"test.conf:1: clusterlb.key: is \"{text}\"; it must be a duration from 10ms to 10m, such as 200ms, 5s, 1m or 1h",
            Problem(Section($"key = \"{text}\"").Duration("key", "10ms", "10m")));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("16KiB", 16_384)]
    [InlineData("16k", 16_384)]
    [InlineData("1 MiB", 1_048_576)]
    [InlineData("8GiB", 8_589_934_592)]
    public void Sizes_are_powers_of_two(string text, long bytes) =>
        Assert.Equal(bytes, Legal(Section($"key = \"{text}\"").Size("key", 0, long.MaxValue, "a size")));

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5KiB")]
    [InlineData("1KB/s")]
    [InlineData("9999999999GiB")]
    [InlineData("99999999999999999999")]
    [InlineData("1023")]
    [InlineData("2KiBs")]
    public void What_is_no_size_in_the_range_is_a_problem(string text) =>
        Assert.EndsWith($"is \"{text}\"; it must be a size",
        Problem(Section($"key = \"{text}\"").Size("key", 1024, long.MaxValue, "a size")), StringComparison.Ordinal);

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1_0")]
    [InlineData("ten")]
    [InlineData("99999999999999999999")]
    public void What_is_no_whole_number_in_the_range_is_a_problem(string text) =>
        Assert.EndsWith($"is \"{text}\"; it must be a whole number from 1 to 100", Problem(Section($"key = {text}").Integer("key", 1, 100)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    public void What_is_no_number_is_a_problem(string text) =>
        Assert.Contains("a number", Problem(Section($"key = \"{text}\"").Number("key", value => value is >= 0 and <= 10, "a number")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("true", true)]
    [InlineData("on", true)]
    [InlineData("yes", true)]
    [InlineData("false", false)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    public void Flags_are_what_HOCON_says(string text, bool expected) =>
        Assert.Equal(expected, Legal(Section($"key = {text}").Flag("key")));

    [Fact]
    public void A_flag_that_is_none_lists_the_legal_words() =>
        Assert.EndsWith("it must be one of true, on, yes, false, off, no", Problem(Section("key = maybe").Flag("key")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("key = [a, b]", "a,b")]
    [InlineData("key = a", "a")]
    [InlineData("key = \"\"", "")]
    [InlineData("", "")]
    public void One_text_is_a_list_of_one(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', Legal(Section(text).Texts("key"))));

    [Theory]
    [InlineData("key = [[a]]")]
    [InlineData("key = { a = 1 }")]
    [InlineData("key = [{ a = 1 }]")]
    public void Only_texts_may_stand_in_a_list_of_texts(string text) =>
        Assert.EndsWith("it must be a list of texts", Problem(Section(text).Texts("key")), StringComparison.Ordinal);

    [Fact]
    public void Every_bad_item_of_a_list_is_named()
    {
        Section("key = [1, x, 2, y]").List("key", text => (int.TryParse(text, out var value), value), "a number");

        Assert.Equal(["\"x\" is not legal; each must be a number", "\"y\" is not legal; each must be a number"],
            _problems.Select(problem => problem.Message));
    }

    [Theory]
    [InlineData("key = [1]", "is a list; it must be a whole number from 1 to 9")]
    [InlineData("key = { a = 1 }", "is a block; it must be a whole number from 1 to 9")]
    [InlineData("", "is missing; it must be a whole number from 1 to 9")]
    public void A_wrong_kind_of_value_is_one_problem(string text, string expected)
    {
        var section = Section(text);
        section.Integer("key", 1, 9);
        section.Report("key", "something that follows from it");

        Assert.Equal(expected, Assert.Single(_problems).Message);
    }

    [Fact]
    public void A_word_may_stand_for_a_number()
    {
        Assert.Equal(4, Legal(Section("key = auto").Integer("key", 1, 9, ("auto", 4))));
        Assert.EndsWith("is \"many\"; it must be auto or a whole number from 1 to 9",
            Problem(Section("key = many").Integer("key", 1, 9, ("auto", 4))), StringComparison.Ordinal);
    }

    private ConfigurationSection Section(string text) => new(HoconDocument.Parse("test.conf", text), "clusterlb", _problems);

    private T Legal<T>(T value)
    {
        Assert.Empty(_problems);
        return value;
    }

    private string Problem<T>(T fallback)
    {
        Assert.NotNull(fallback);
        return Assert.Single(_problems).ToString();
    }
}
