// The order matters: names become buttons after sorting has read the headings, and the filter counts what is there.
document.body.append(voice);
setUpSorting();
setUpTrials();
setUpTools();
setUpTips();
setUpAxes();
setUpPrinting();
setUpFilter();
setUpHeads();
document.documentElement.classList.add("ready");
