use crate::names::normalised;

/// Normalised datum names of ESRI and of WKT2, each with the normalised name in EPSG's WKT1.
/// Others differ only by ESRI's prefix `D_`, case and punctuation.
const ALIASES: &[(&str, &str)] = &[
    ("atf", "anciennetriangulationfrancaiseparis"),
    ("ats1977", "averageterrestrialsystem1977"),
    ("australian1966", "australiangeodeticdatum1966"),
    ("australian1984", "australiangeodeticdatum1984"),
    ("belge1972", "reseaunationalbelge1972"),
    ("bogota", "bogota1975"),
    ("camacupa1948", "camacupa"),
    ("chathamisland1971", "chathamislandsdatum1971"),
    ("chathamislands1979", "chathamislandsdatum1979"),
    ("corregoalegre", "corregoalegre197072"),
    ("csg1967", "centrespatialguyanais1967"),
    ("dealulpiscului1933", "dealulpiscului1930"),
    ("dos714", "astrodos71"),
    ("etrs1989", "europeanterrestrialreferencesystem1989"),
    ("european1950", "europeandatum1950"),
    ("european1950ed77", "europeandatum19501977"),
    ("europeanlibyan1979", "europeanlibyandatum1979"),
    ("fatuiva1972", "fatuiva72"),
    ("fd1958", "finaldatum1958"),
    ("fiji1986", "fijigeodeticdatum1986"),
    ("fortdesaix", "martinique1938"),
    ("gda1994", "geocentricdatumofaustralia1994"),
    ("gda2020", "geocentricdatumofaustralia2020"),
    ("gdbd2009", "geocentricdatumbruneidarussalam2009"),
    ("gdm2000", "geodeticdatumofmalaysia2000"),
    ("ggrs1987", "greekgeodeticreferencesystem1987"),
    ("grandcayman1959", "grandcaymangeodeticdatum1959"),
    ("hartebeesthoek1994", "hartebeesthoek94"),
    ("hughes1980", "notspecifiedbasedonhughes1980ellipsoid"),
    ("hungarian1972", "hungariandatum1972"),
    ("hutzushan", "hutzushan1950"),
    ("ig052012intermediatedatum", "ig0512intermediatedatum"),
    ("igm1995", "istitutogeograficomilitaire1995"),
    ("indonesian1974", "indonesiandatum1974"),
    ("islandsnetwork1993", "islandsnet1993"),
    ("islandsnetwork2004", "islandsnet2004"),
    ("israel", "israel1993"),
    ("jgd2000", "japanesegeodeticdatum2000"),
    ("jgd2011", "japanesegeodeticdatum2011"),
    ("karbala1979polservice", "karbala1979"),
    ("kertau", "kertau1968"),
    ("kkj", "kartastokoordinaattijarjestelma1966"),
    ("koreageodeticdatum2002", "geocentricdatumofkorea"),
    ("koreangeodeticdatum2002", "geocentricdatumofkorea"),
    ("kyrgyzrepublic2006", "kyrgyzstangeodeticdatum2006"),
    ("latviangeodeticcoordinatesystem1992", "latvia1992"),
    ("lisbon", "lisbon1937"),
    ("lithuania1994", "lithuania1994etrs89"),
    ("littlecayman1961", "sisterislandsgeodeticdatum1961"),
    ("luxembourgreferenceframe", "luxembourg1930"),
    ("madrid1870", "madrid1870madrid"),
    ("magna", "marcogeocentriconacionaldereferencia"),
    ("marcogeodesiconacional", "marcogeodesiconacionaldebolivia"),
    ("maupiti1983", "maupiti83"),
    ("mexicandatumof1993", "mexicoitrf92"),
    ("mgi", "militargeographischeinstitute"),
    ("militargeographischeinstitut", "militargeographischeinstitute"),
    ("moorea1987", "moorea87"),
    ("moznet", "moznetitrf94"),
    ("nad1927cgq77", "northamericandatum1927cgq77"),
    ("nad1927definition1976", "northamericandatum19271976"),
    ("nad19832011", "nad83nationalspatialreferencesystem2011"),
    ("nad1983cors96", "nad83continuouslyoperatingreferencestation1996"),
    ("nad1983ma11", "nad83nationalspatialreferencesystemma11"),
    ("nad1983nsrs2007", "nad83nationalspatialreferencesystem2007"),
    ("nad1983pa11", "nad83nationalspatialreferencesystempa11"),
    ("newzealand1949", "newzealandgeodeticdatum1949"),
    ("ngn", "nationalgeodeticnetwork"),
    ("northamerican1927", "northamericandatum1927"),
    ("northamerican1983", "northamericandatum1983"),
    ("northamerican1983csrs", "nad83canadianspatialreferencesystem"),
    ("northamerican1983harn", "nad83highaccuracyreferencenetwork"),
    ("northamericanmichigan", "nad27michigan"),
    ("nsidcinternational1924authalicsphere", "notspecifiedbasedoninternational1924authalicsphere"),
    ("ntf", "nouvelletriangulationfrancaise"),
    ("nzgd2000", "newzealandgeodeticdatum2000"),
    ("ordnancesurveyofgreatbritain1936", "osgb1936"),
    ("pdo1993", "pdosurveydatum1993"),
    ("pointenoire", "congo1960pointenoire"),
    ("posgar1994", "posicionesgeodesicasargentinas1994"),
    ("posgar1998", "posicionesgeodesicasargentinas1998"),
    ("posgar2007", "posicionesgeodesicasargentinas2007"),
    ("potsdam1983", "potsdamdatum83"),
    ("provisionalsamerican1956", "provisionalsouthamericandatum1956"),
    ("ptra08", "autonomousregionsofportugal2008"),
    ("pulkovo1942adj1958", "pulkovo194258"),
    ("pulkovo1942adj1983", "pulkovo194283"),
    ("qatar", "qatar1974"),
    ("qnd1995", "qatarnationaldatum1995"),
    ("rauenberg1983", "rauenbergdatum83"),
    ("regven", "redgeodesicavenezolana"),
    ("reseaugeodesiquedenouvellecaledonie199193", "reseaugeodesiquedenouvellecaledonie9193"),
    ("reseaugeodesiquedestpierreetmiquelon2006", "reseaugeodesiquedesaintpierreetmiquelon2006"),
    ("reseaugeodesiquefrancais1993v1", "reseaugeodesiquefrancais1993"),
    ("rgf1993", "reseaugeodesiquefrancais1993"),
    ("rgfg1995", "reseaugeodesiquefrancaisguyane1995"),
    ("rgnc1991", "reseaugeodesiquenouvellecaledonie1991"),
    ("rgr1992", "reseaugeodesiquedelareunion1992"),
    ("rraf1991", "reseaudereferencedesantillesfrancaises1991"),
    ("rt1990", "riketskoordinatsystem1990"),
    ("sainteanne", "guadeloupe1948"),
    ("selvagemgrande1938", "selvagemgrande"),
    ("sierraleone1924", "sierraleonecolony1924"),
    ("sirgas", "sistemadereferenciageocentricoparaamericadelsur1995"),
    ("sirgas2000", "sistemadereferenciageocentricoparalasamericas2000"),
    ("sirgaschilerealization1epoch2002", "sirgaschile"),
    ("sjtsk", "systemjednotnetrigonometrickesitekatastralni"),
    ("sjtskjtsk03", "systemoftheunifiedtrigonometricalcadastralnetworkjtsk03"),
    ("southamerican1969", "southamericandatum1969"),
    ("sphereclarke1866authalic", "notspecifiedbasedonclarke1866authalicsphere"),
    ("spheregrs1980authalic", "notspecifiedbasedongrs1980authalicsphere"),
    ("systemoftheunifiedtrigonometricalcadastralnetwork", "systemjednotnetrigonometrickesitekatastralni"),
    ("systemoftheunifiedtrigonometricalcadastralnetworkferro", "systemjednotnetrigonometrickesitekatastralniferro"),
    ("tahaa1954", "tahaa54"),
    ("tahiti1952", "tahiti52"),
    ("tahiti1979", "tahiti79"),
    ("tm75", "geodeticdatumof1965"),
    ("twd1967", "taiwandatum1967"),
    ("twd1997", "taiwandatum1997"),
    ("wgs1972be", "wgs1972transitbroadcastephemeris"),
    ("wgs1984majorauxiliarysphere", "popularvisualisationdatum"),
    ("wgs72transitbroadcastephemeris", "wgs1972transitbroadcastephemeris"),
    ("worldgeodeticsystem1972", "wgs1972"),
    ("worldgeodeticsystem1984", "wgs1984"),
    ("yemenngn1996", "yemennationalgeodeticnetwork1996"),
];

/// One spelling of a datum's name for all formats.
pub(crate) fn canonical(name: &str) -> String {
    let name = normalised(name.strip_prefix("D_").unwrap_or(name));
    let name = name.strip_suffix("ensemble").unwrap_or(&name);
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, canonical)| canonical).to_owned()
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn spellings_of_one_datum_agree() {
        for names in [
            ["D_WGS_1984", "WGS_1984", "World Geodetic System 1984 ensemble"],
            ["D_North_American_1983", "North_American_Datum_1983", "North American Datum 1983"],
            [
                "D_ETRS_1989",
                "European_Terrestrial_Reference_System_1989",
                "European Terrestrial Reference System 1989 ensemble",
            ],
            ["D_OSGB_1936", "OSGB_1936", "Ordnance Survey of Great Britain 1936"],
        ] {
            assert_eq!(canonical(names[0]), canonical(names[1]), "{names:?}");
            assert_eq!(canonical(names[1]), canonical(names[2]), "{names:?}");
        }
    }

    #[test]
    fn near_names_stay_apart() {
        assert_ne!(canonical("CH1903"), canonical("CH1903+"));
        assert_ne!(canonical("D_North_American_1983"), canonical("D_North_American_1983_HARN"));
        assert_ne!(canonical("D_North_American_1983"), canonical("D_North_American_1927"));
    }
}
